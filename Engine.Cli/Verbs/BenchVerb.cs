using CommandLine;

namespace Engine.Cli.Verbs;

[Verb("bench", HelpText = "x")]
internal sealed class BenchVerb : Verb
{
    public override int Execute(VerbContext context) => ExitCode.Done;
}

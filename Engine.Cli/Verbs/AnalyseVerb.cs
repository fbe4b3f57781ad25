using CommandLine;

namespace Engine.Cli.Verbs;

[Verb("analyse", HelpText = "x")]
internal sealed class AnalyseVerb : Verb
{
    public override int Execute(VerbContext context) => ExitCode.Done;
}

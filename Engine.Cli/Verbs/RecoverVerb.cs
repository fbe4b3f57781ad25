using CommandLine;

namespace Engine.Cli.Verbs;

[Verb("recover", HelpText = "x")]
internal sealed class RecoverVerb : Verb
{
    public override int Execute(VerbContext context) => ExitCode.Done;
}

using CommandLine;

namespace Engine.Cli.Verbs;

[Verb("verify", HelpText = "x")]
internal sealed class VerifyVerb : Verb
{
    public override int Execute(VerbContext context) => ExitCode.Done;
}

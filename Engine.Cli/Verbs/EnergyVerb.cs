using CommandLine;

namespace Engine.Cli.Verbs;

[Verb("energy", HelpText = "x")]
internal sealed class EnergyVerb : Verb
{
    public override int Execute(VerbContext context) => ExitCode.Done;
}

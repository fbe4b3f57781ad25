using CommandLine;

namespace Engine.Cli.Verbs;

/// <summary>A verb that computes on devices other than the processor.</summary>
internal abstract class DeviceVerb : Verb
{
    [Option("device", Default = "auto", MetaValue = "auto|cpu|cuda[:i]|opencl[:i]", HelpText = "Where to compute.")]
    public override string Device { get; set; } = "auto";

    protected override bool RunsOnAnyDevice => true;
}

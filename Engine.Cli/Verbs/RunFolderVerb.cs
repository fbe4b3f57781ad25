using CommandLine;
using Engine.Cli.Runs;
using Engine.Kernels.Errors;

namespace Engine.Cli.Verbs;

/// <summary>A verb that computes into a run folder, and can go on there.</summary>
internal abstract class RunFolderVerb : DeviceVerb
{
    [Option("set", Separator = SettingSeparator, MetaValue = "PATH=VALUE", HelpText = "Change one value of the input; may be repeated.")]
    public IEnumerable<string> Set { get; set; } = [];

    [Option("out", MetaValue = "FOLDER", HelpText = "Run folder, instead of the one the input names.")]
    public string? Out { get; set; }

    [Option("check", HelpText = "Read and check the input, show what would be run, write nothing: particles that overlap and numbers that are none show when it runs.")]
    public bool OnlyCheck { get; set; }

    [Option("resume", HelpText = "Go on from the checkpoint in the run folder.")]
    public bool Resume { get; set; }

    [Option("overwrite", HelpText = "Discard the run that the folder holds.")]
    public bool Overwrite { get; set; }

    /// <summary>What becomes of a run that the folder holds.</summary>
    /// <exception cref="InputException">Both are asked for.</exception>
    protected ExistingRun Existing => (Resume, Overwrite) switch
    {
        (true, true) => throw new InputException("--resume and --overwrite exclude each other; give one"),
        (true, _) => ExistingRun.Resume,
        (_, true) => ExistingRun.Overwrite,
        _ => ExistingRun.Refuse,
    };

    /// <summary>Says what a run would refuse of the folder that it would go to.</summary>
    protected void LogRefusal(VerbContext context, string folder)
    {
        try
        {
            RunFolder.Check(folder, Existing);
        }
        catch (InputException refusal)
        {
            context.Log($"note: {refusal.Message}");
        }
    }

    /// <summary>What --device says; of a run that goes on, unless it says something, where that was computed so far.</summary>
    protected string DeviceFor(VerbContext context, string folder)
    {
        var earlier = Resume ? (string?)RunManifest.Read(RunFolder.At(folder).Manifest)?["device"] : null;
        if (earlier is null || Device == "auto")
        {
            return earlier ?? Device;
        }
        if (earlier.Split(':')[0] != Device.Split(':')[0])
        {
            context.Log($"warning: the run was computed on {earlier}; what {Device} computes from here on has other bits than it would have there");
        }
        return Device;
    }
}

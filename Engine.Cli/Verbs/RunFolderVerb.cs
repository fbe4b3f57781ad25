using CommandLine;
using Engine.Cli.Runs;
using Engine.Kernels.Errors;

namespace Engine.Cli.Verbs;

/// <summary>A verb that computes into a run folder, and can go on there.</summary>
internal abstract class RunFolderVerb : Verb
{
    [Option("set", Separator = SettingSeparator, MetaValue = "PATH=VALUE", HelpText = "Change one value of the input; may be repeated.")]
    public IEnumerable<string> Set { get; set; } = [];

    [Option("out", MetaValue = "FOLDER", HelpText = "Run folder, instead of the one the input names.")]
    public string? Out { get; set; }

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
}

using Engine.Kernels.Errors;

namespace Engine.Cli.Runs;

/// <summary>What to do with a folder that already holds a run.</summary>
internal enum ExistingRun
{
    Refuse,
    Resume,
    Overwrite,
}

/// <summary>The folder of one run and the files in it.</summary>
internal sealed class RunFolder
{
    private RunFolder(string path, bool resumes)
    {
        Path = path;
        Resumes = resumes;
    }

    public string Path { get; }

    /// <summary>Whether the run goes on from <see cref="Checkpoint"/>.</summary>
    public bool Resumes { get; }

    /// <summary>Provenance: every parameter, versions, machine, and at the end the content ids.</summary>
    public string Manifest => File("run.json");

    /// <summary>H5MD trajectory with the thermodynamic series.</summary>
    public string Trajectory => File("trajectory.h5");

    public string Checkpoint => File("checkpoint");

    /// <summary>Last frame before a failure.</summary>
    public string CrashFrame => File("crash.extxyz");

    public string Analysis => File("analysis.json");

    public string Report => File("report.html");

    /// <summary>The names of the files in a folder, which need not exist.</summary>
    public static RunFolder At(string path) => new(path, resumes: false);

    /// <summary>Makes the folder ready for a run.</summary>
    /// <exception cref="InputException">
    /// It holds a run and <paramref name="existing"/> refuses that; it holds none and should be resumed; it holds other things and should be overwritten.
    /// </exception>
    public static RunFolder Open(string path, ExistingRun existing)
    {
        var folder = new RunFolder(path, existing == ExistingRun.Resume);
        if (System.IO.File.Exists(path))
        {
            throw new InputException($"the run folder {path} is a file; choose another with --out FOLDER");
        }
        var occupied = Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any();
        switch (existing)
        {
            case ExistingRun.Refuse when occupied:
                throw new InputException(
                    $"the run folder {path} is not empty; choose another with --out FOLDER, go on from its checkpoint with --resume, or discard it with --overwrite");
            case ExistingRun.Resume when !System.IO.File.Exists(folder.Checkpoint):
                throw new InputException($"the run folder {path} has no {System.IO.Path.GetFileName(folder.Checkpoint)} to resume from; start anew {(occupied ? "with --overwrite" : "without --resume")}");
            // A mistyped --out must not cost a home folder.
            case ExistingRun.Overwrite when occupied && !System.IO.File.Exists(folder.Manifest):
                throw new InputException($"the folder {path} holds files but no run.json, so it is not overwritten; choose another with --out FOLDER");
            case ExistingRun.Overwrite when occupied:
                Directory.Delete(path, recursive: true);
                break;
        }
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"the run folder {path} cannot be made: {error.Message} Choose another with --out FOLDER", error);
        }
        return folder;
    }

    private string File(string name) => System.IO.Path.Combine(Path, name);
}

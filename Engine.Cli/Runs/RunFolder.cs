using Engine.Kernels.Errors;

namespace Engine.Cli.Runs;

/// <summary>What to do with a folder that already holds a run.</summary>
internal enum ExistingRun
{
    Refuse,
    Resume,
    Overwrite,
}

/// <summary>The folder of one run and the files in it. One that was opened is locked against other processes until it is disposed.</summary>
internal sealed class RunFolder : IDisposable
{
    /// <summary>Name of <see cref="Manifest"/>.</summary>
    public const string ManifestName = "run.json";

    private const string LockName = ".lock";

    private FileStream? held;

    private RunFolder(string path, bool resumes)
    {
        Path = path;
        Resumes = resumes;
    }

    public string Path { get; }

    /// <summary>Whether the run goes on from <see cref="Checkpoint"/>.</summary>
    public bool Resumes { get; }

    /// <summary>Provenance: every parameter, versions, machine, and at the end the content ids.</summary>
    public string Manifest => File(ManifestName);

    /// <summary>H5MD trajectory with the thermodynamic series.</summary>
    public string Trajectory => File("trajectory.h5");

    /// <summary>What recorders wrote of a training.</summary>
    public string Recording => File("recording.h5");

    /// <summary>The network after training.</summary>
    public string Model => File("model.h5");

    public string Checkpoint => File("checkpoint");

    /// <summary>Last frame before a failure.</summary>
    public string CrashFrame => File("crash.extxyz");

    /// <summary>The last configuration of a run that is done.</summary>
    public string FinalFrame => File("final.extxyz");

    public string Analysis => File("analysis.json");

    public string Report => File("report.html");

    /// <summary>The names of the files in a folder, which need not exist.</summary>
    public static RunFolder At(string path) => new(path, resumes: false);

    /// <summary>Looks whether a run may go there, and touches nothing.</summary>
    /// <exception cref="InputException">
    /// It holds a run and <paramref name="existing"/> refuses that; it holds none and should be resumed; it holds other things and should be overwritten.
    /// </exception>
    public static void Check(string path, ExistingRun existing)
    {
        var folder = At(path);
        RequireNoFile(path);
        var occupied = Directory.Exists(path) && Entries(path).Any();
        switch (existing)
        {
            case ExistingRun.Refuse when occupied:
                var resume = System.IO.File.Exists(folder.Checkpoint) ? ", or go on from its checkpoint with --resume" : "";
                var discard = System.IO.File.Exists(folder.Manifest) ? ", or discard it with --overwrite" : "";
                throw new InputException($"the run folder {path} is not empty; choose another with --out FOLDER{resume}{discard}");
            case ExistingRun.Resume when !System.IO.File.Exists(folder.Checkpoint):
                throw new InputException($"the run folder {path} has no {System.IO.Path.GetFileName(folder.Checkpoint)} to resume from; start anew {(occupied ? "with --overwrite" : "without --resume")}");
            // A mistyped --out must not cost a home folder.
            case ExistingRun.Overwrite when occupied && !System.IO.File.Exists(folder.Manifest):
                throw new InputException($"the folder {path} holds files but no run.json, so it is not overwritten; choose another with --out FOLDER");
        }
    }

    /// <summary>Makes the folder ready for a run.</summary>
    /// <exception cref="InputException">As for <see cref="Check"/>; or another process runs in it, or it cannot be made or emptied.</exception>
    public static RunFolder Open(string path, ExistingRun existing)
    {
        Check(path, existing);
        var folder = new RunFolder(path, existing == ExistingRun.Resume);
        folder.MakeReady(discard: existing == ExistingRun.Overwrite);
        return folder;
    }

    /// <summary>Makes the folder ready for a computation that goes on by the same command; nothing in it is deleted.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="mark">Name of the file or folder by which one of such a computation is known.</param>
    /// <param name="shared">Name of a file that may be there without it; null for none.</param>
    /// <exception cref="InputException">It holds other things; another process runs in it; it cannot be made.</exception>
    public static RunFolder OpenMarked(string path, string mark, string? shared = null)
    {
        RequireNoFile(path);
        if (Directory.Exists(path) && !System.IO.Path.Exists(System.IO.Path.Combine(path, mark)) && Entries(path).Any(entry => System.IO.Path.GetFileName(entry) != shared))
        {
            throw new InputException($"the folder {path} holds files but no {mark}, so nothing is written to it; choose another with --out FOLDER");
        }
        var folder = new RunFolder(path, resumes: false);
        folder.MakeReady(discard: false);
        return folder;
    }

    /// <summary>Deletes what the folder holds, but for the manifest, so that whoever is stopped in the middle of it can do it again.</summary>
    /// <param name="kept">Name of another file that stays.</param>
    /// <exception cref="RunFailedException">Something cannot be deleted.</exception>
    public void Discard(string kept)
    {
        try
        {
            foreach (var entry in Entries(Path).Where(entry => System.IO.Path.GetFileName(entry) is not ManifestName and var name && name != kept))
            {
                Delete(entry);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RunFailedException($"the run folder {Path} cannot be emptied ({error.OneLine()}); choose another with --out FOLDER", error);
        }
    }

    /// <summary>Lets other processes in.</summary>
    public void Dispose() => held?.Dispose();

    private static void RequireNoFile(string path)
    {
        if (System.IO.File.Exists(path))
        {
            throw new InputException($"the run folder {path} is a file; choose another with --out FOLDER");
        }
    }

    private void MakeReady(bool discard)
    {
        try
        {
            Directory.CreateDirectory(Path);
            Lock();
            if (discard)
            {
                foreach (var entry in Entries(Path))
                {
                    Delete(entry);
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Dispose();
            throw new InputException($"the run folder {Path} cannot be made ready: {error.Message.ReplaceLineEndings(" ")} Choose another with --out FOLDER", error);
        }
    }

    private static IEnumerable<string> Entries(string path) =>
        Directory.EnumerateFileSystemEntries(path).Where(entry => System.IO.Path.GetFileName(entry) != LockName);

    private static void Delete(string entry)
    {
        if (Directory.Exists(entry))
        {
            Directory.Delete(entry, recursive: true);
        }
        else
        {
            System.IO.File.Delete(entry);
        }
    }

    /// <summary>The system gives up the lock of a process that dies; the file alone locks nothing.</summary>
    private void Lock()
    {
        var path = File(LockName);
        try
        {
            held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (IOException error) when (System.IO.File.Exists(path))
        {
            throw new InputException($"another process is running in the folder {Path}; wait for its end, or choose another folder with --out FOLDER", error);
        }
    }

    private string File(string name) => System.IO.Path.Combine(Path, name);
}

using System.Collections.ObjectModel;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;

namespace Engine.Cli.Runs;

/// <summary>
/// The folder of a choice of training data. What it held before goes when the first new result comes, and not with a failure before that. The same command goes on after a stop: all is
/// done again, but for the labels.
/// </summary>
internal sealed class ActiveFolder : IDisposable
{
    private const string LabelsName = "labels.extxyz";

    private readonly RunFolder folder;
    private readonly RunManifest manifest;
    private readonly bool discards;
    private bool begun;

    private ActiveFolder(RunFolder folder, RunManifest manifest, bool discards) => (this.folder, this.manifest, this.discards) = (folder, manifest, discards);

    /// <summary>Answers of an oracle, which serve any choice and may be there before it.</summary>
    public string Labels => At(LabelsName);

    public string Potential => At("gap.xml");

    public string Train => At("train.extxyz");

    public string Test => At("test.extxyz");

    public string Report => At("report.html");

    /// <summary>Its presence says that all the rest is there.</summary>
    public string Record => RecordIn(folder.Path);

    /// <summary>The record in a folder, which need not exist.</summary>
    public static string RecordIn(string path) => Path.Combine(path, "active.json");

    /// <param name="path">The folder.</param>
    /// <param name="overwrite">Whether another computation in it is discarded.</param>
    /// <param name="input">What is computed.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="threads">Threads that compute.</param>
    /// <exception cref="InputException">
    /// It holds a finished result or another computation and neither is discarded; it holds other files, or some of the input; another process computes in it.
    /// </exception>
    public static ActiveFolder Open(string path, bool overwrite, RunIdentity input, IReadOnlyList<string> arguments, int threads)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)) + Path.DirectorySeparatorChar;
        if (input.Files.Keys.FirstOrDefault(file => Path.GetFullPath(file).StartsWith(root, StringComparison.Ordinal)) is { } inside)
        {
            throw new InputException($"{inside} is read by the same command and lies in the folder {path}, where results go; choose another with --out FOLDER");
        }
        var folder = RunFolder.OpenMarked(path, RunFolder.ManifestName, LabelsName);
        try
        {
            var earlier = RunManifest.Read(folder.Manifest);
            var finished = File.Exists(RecordIn(path));
            var goesOn = !finished && (string?)earlier?["inputHash"] == input.Hash;
            if (earlier is not null && !goesOn && !overwrite)
            {
                throw new InputException(
                    $"the folder {path} holds {(finished ? "a finished result (active.json)" : "another computation: its run.json has another input")}; choose another with --out FOLDER, or discard it, but for {LabelsName}, with --overwrite");
            }
            var manifest = new RunManifest(
                folder.Manifest, input.Document, input.Hash, input.File, input.Folder, input.Files, arguments, threads, CpuDevice.Describe(), ReadOnlyDictionary<string, string>.Empty, goesOn ? earlier : null);
            return new(folder, manifest, discards: earlier is not null && !goesOn);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Before the first result.</summary>
    /// <exception cref="RunFailedException">What was there cannot be removed.</exception>
    public void Begin()
    {
        if (discards)
        {
            folder.Discard(LabelsName);
        }
        manifest.Begin();
        begun = true;
    }

    /// <summary>After the last one.</summary>
    public void End() => manifest.End("done");

    /// <summary>Notes why there are no more results, where there are some.</summary>
    public void Abandon(Exception reason)
    {
        if (begun)
        {
            manifest.TryEnd(reason is OperationCanceledException ? "interrupted" : "failed", reason is EngineException ? reason.Message : null);
        }
    }

    public void Dispose() => folder.Dispose();

    private string At(string name) => Path.Combine(folder.Path, name);
}

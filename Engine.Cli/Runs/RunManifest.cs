using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Engine.Cli.Display;
using Engine.Core.Files;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Native;

namespace Engine.Cli.Runs;

/// <summary>
/// run.json: what it takes to repeat a run, and what came out. Written when the run starts and again when it ends, each time whole
/// (a temporary file that is renamed), so that a killed run leaves a readable one that says "running". A resumed run lists the processes before it
/// under "segments".
/// </summary>
internal sealed class RunManifest
{
    private readonly string path;
    private readonly JsonObject document;
    private readonly long start = Stopwatch.GetTimestamp();

    /// <param name="path">File to write.</param>
    /// <param name="input">The input with every default spelled out.</param>
    /// <param name="inputHash">Content hash of the input: equal hashes promise equal results on one kind of device.</param>
    /// <param name="inputFile">Where the input came from.</param>
    /// <param name="inputFolder">Where its relative paths start.</param>
    /// <param name="files">SHA-256 of every file that was read, by path.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="threads">Threads that compute.</param>
    /// <param name="device">Where it computes.</param>
    /// <param name="methods">What was chosen where the input leaves the choice, by what it is for.</param>
    /// <param name="earlier">The manifest of the run that is resumed, null for a new run.</param>
    /// <param name="libraries">Native libraries beside those that files and algebra need.</param>
    public RunManifest(
        string path, JsonNode input, string inputHash, string inputFile, string inputFolder, IReadOnlyDictionary<string, string> files,
        IEnumerable<string> arguments, int threads, DeviceDescription device, IReadOnlyDictionary<string, string> methods, JsonObject? earlier = null,
        params IEnumerable<string> libraries)
    {
        this.path = path;
        var cpu = CpuDevice.Describe();
        document = new JsonObject
        {
            ["state"] = "running",
            ["started"] = Now(),
            ["finished"] = null,
            ["wallSeconds"] = null,
            ["engine"] = Shell.Version,
            ["runtime"] = RuntimeInformation.FrameworkDescription,
            ["arguments"] = new JsonArray([.. arguments.Select(a => JsonValue.Create(a))]),
            ["inputFile"] = System.IO.Path.GetFullPath(inputFile),
            ["inputFolder"] = System.IO.Path.GetFullPath(inputFolder),
            ["inputCommit"] = GitCommit(System.IO.Path.GetFullPath(inputFile)),
            ["inputHash"] = inputHash,
            ["files"] = JsonOutput.Object(files),
            ["threads"] = threads,
            ["device"] = device.Address,
            ["deviceName"] = device.Name,
            ["deviceDriver"] = string.Join(", ", device.Features.Prepend(device.Driver)),
            ["machine"] = new JsonObject
            {
                ["host"] = Environment.MachineName,
                ["system"] = RuntimeInformation.OSDescription,
                ["processor"] = cpu.Name,
                ["processors"] = cpu.ComputeUnits,
                ["instructionSets"] = new JsonArray([.. cpu.Features.Select(f => JsonValue.Create(f))]),
                ["memoryBytes"] = cpu.MemoryBytes,
            },
            ["libraries"] = Libraries(libraries),
            ["methods"] = JsonOutput.Object(methods),
            ["input"] = input.DeepClone(),
            ["results"] = null,
            ["outputs"] = new JsonObject(),
            ["segments"] = Segments(earlier),
        };
    }

    /// <summary>Wall time of the segments before this one that were not killed [s].</summary>
    public double EarlierSeconds => document["segments"]!.AsArray().Sum(segment => (double?)segment!["wallSeconds"] ?? 0);

    /// <summary>A manifest that was written before; null where there is none.</summary>
    /// <exception cref="InputException">It is not JSON.</exception>
    public static JsonObject? Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path)) as JsonObject : null;
        }
        catch (System.Text.Json.JsonException error)
        {
            throw new InputException($"{path} is not valid JSON: {error.Message.ReplaceLineEndings(" ")}; name the trajectory instead of its folder, or delete the file", error);
        }
    }

    /// <summary>The content id that a manifest recorded for a file; null where it recorded none.</summary>
    public static string? ContentIdIn(string manifest, string file) =>
        (string?)Read(manifest)?["outputs"]?[System.IO.Path.GetFileName(file)]?["contentId"];

    /// <summary>The files of a folder that a manifest lists as results.</summary>
    public static IEnumerable<RunOutput> OutputsIn(JsonObject manifest, string folder) =>
        (manifest["outputs"] as JsonObject ?? []).Select(output => new RunOutput(System.IO.Path.Combine(folder, output.Key), (string?)output.Value?["contentId"]));

    /// <summary>Numbers that the summary shows.</summary>
    public void SetResults(JsonObject results) => document["results"] = results;

    /// <summary>Files a result: the hash of its bytes, its size and, where the format has one, its logical identity.</summary>
    public void AddOutput(string file, string? contentId)
    {
        var entry = new JsonObject { ["bytes"] = new FileInfo(file).Length };
        if (contentId is not null)
        {
            entry["contentId"] = contentId;
        }
        document["outputs"]![System.IO.Path.GetFileName(file)] = entry;
    }

    /// <summary>Writes the file with state "running".</summary>
    public void Begin() => Write();

    /// <summary>Writes it for the last time.</summary>
    /// <param name="state">done, interrupted or failed.</param>
    /// <param name="reason">Why, where it is not done.</param>
    public void End(string state, string? reason = null)
    {
        document["state"] = state;
        document["finished"] = Now();
        document["wallSeconds"] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (reason is not null)
        {
            document["reason"] = reason;
        }
        Write();
    }

    /// <summary>
    /// <see cref="End"/> on the way out of a failure. A full disk may be why the run failed and why this cannot be written: the first reason is
    /// the one to tell, so this one is swallowed.
    /// </summary>
    public void TryEnd(string state, string? reason = null)
    {
        try
        {
            End(state, reason);
        }
        catch (Exception error) when (error is RunFailedException or IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>What each process before this one said of itself; the input and what it left are this manifest's own.</summary>
    private static JsonArray Segments(JsonObject? earlier)
    {
        if (earlier is null)
        {
            return [];
        }
        var last = (JsonObject)earlier.DeepClone();
        var segments = last["segments"] as JsonArray ?? [];
        foreach (var shared in new[] { "segments", "input", "outputs" })
        {
            last.Remove(shared);
        }
        if ((string?)last["state"] == "running")
        {
            // The lock of the folder is ours, so that process is no more.
            last["state"] = "killed";
        }
        segments.Add(last);
        return segments;
    }

    private void Write() => WholeFile.WriteText(path, JsonOutput.Format(document));

    private static string Now() => DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Libraries of the CPU only: asking for the others would load a GPU driver for nothing.</summary>
    private static JsonObject Libraries(IEnumerable<string> more)
    {
        var libraries = new JsonObject();
        foreach (var name in new[] { "hdf5", "blas" }.Concat(more))
        {
            var library = LibraryDescription.Of(name);
            libraries[name] = library.Path is null ? null : $"{library.Path} {library.Version}".TrimEnd();
        }
        return libraries;
    }

    /// <summary>The commit that holds the input, marked where files differ from it; null without git, or for an input that is in no commit.</summary>
    private static string? GitCommit(string file)
    {
        var folder = System.IO.Path.GetDirectoryName(file);
        var commit = Git(folder, "rev-parse", "HEAD");
        return commit is null || Git(folder, "ls-files", "--error-unmatch", file) is null ? null : Git(folder, "status", "--porcelain", "--untracked-files=no") is { Length: > 0 } ? commit + "-modified" : commit;
    }

    private static string? Git(string? folder, params string[] arguments)
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", arguments)
            {
                WorkingDirectory = folder ?? "",
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var errors = git.StandardError.ReadToEndAsync();
            var output = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            _ = errors.Result;
            return git.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}

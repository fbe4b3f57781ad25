using System.Text.Json.Nodes;
using CommandLine;
using Engine.Cli.Display;
using Engine.Cli.Runs;
using Engine.IO.H5md;
using Engine.Kernels.Errors;

namespace Engine.Cli.Verbs;

[Example("./engine verify runs/lj-melt", "a run folder: the trajectory against its checksums and against run.json")]
[Example("./engine verify trajectory.h5", "one file")]
[Verb("verify", HelpText = "Check that a trajectory, or what a network recorded, is complete and unchanged; exit code 1 where it is not.")]
internal sealed class VerifyVerb : Verb
{
    [Value(0, MetaName = "FOLDER|FILE", Required = true, HelpText = "Run folder or file (.h5).")]
    public string Target { get; set; } = "";

    public override int Execute(VerbContext context)
    {
        var found = Files().Select(file =>
        {
            var (contentId, problems) = Check(file);
            return (File: file, ContentId: contentId, Problems: problems);
        }).ToArray();
        if (Json)
        {
            JsonObject[] files = Array.ConvertAll(found, f => new JsonObject
            {
                ["file"] = f.File,
                ["sound"] = f.Problems.Count == 0,
                ["contentId"] = f.ContentId,
                ["problems"] = new JsonArray([.. f.Problems.Select(p => JsonValue.Create(p))]),
            });
            JsonOutput.Write(context, files is [var one] ? one : new JsonObject { ["sound"] = Array.TrueForAll(found, f => f.Problems.Count == 0), ["files"] = new JsonArray([.. files]) });
        }
        foreach (var (file, contentId, problems) in Json ? [] : found)
        {
            if (problems.Count == 0)
            {
                context.Output.WriteLine($"{file}: sound, content {contentId}");
                continue;
            }
            foreach (var problem in problems)
            {
                context.Output.WriteLine($"{file}: {problem}");
            }
            if (found.Length == 1 && !problems[0].EndsWith(TrajectoryVerifier.Unreadable, StringComparison.Ordinal))
            {
                context.Log(Remedy(file));
            }
        }
        return Array.TrueForAll(found, f => f.Problems.Count == 0) ? ExitCode.Done : ExitCode.CheckFailed;
    }

    /// <summary>The file itself; of a folder the trajectory, or, where a network learnt, all that run.json lists.</summary>
    private string[] Files()
    {
        if (Directory.Exists(Target) && RunFolder.At(Target) is var folder && !File.Exists(folder.Trajectory))
        {
            string[] outputs = RunManifest.Read(folder.Manifest) is { } manifest ? [.. RunManifest.OutputsIn(manifest, Target).Select(output => output.Path).Where(FrameSource.IsTrajectory)] : [];
            // A training that was killed has no list yet.
            if (outputs.Length > 0 || File.Exists(folder.Recording))
            {
                return outputs.Length > 0 ? outputs : [folder.Recording];
            }
        }
        var trajectory = FrameSource.TrajectoryOf(Target);
        return FrameSource.IsTrajectory(trajectory)
            ? [trajectory]
            : throw new InputException($"{trajectory} is no trajectory by its name; expected a run folder or a file that ends in .h5, .h5md or .hdf5");
    }

    private (string? ContentId, List<string> Problems) Check(string file)
    {
        if (!File.Exists(file))
        {
            return (null, ["run.json lists it, but it is not there"]);
        }
        var problems = TrajectoryVerifier.Verify(file).Select(d => d.ToString()).ToList();
        if (problems.Count > 0)
        {
            return (null, problems);
        }
        var contentId = TrajectoryId.Logical(file);
        // A folder is judged as a whole; a file that was copied out of it stands for itself.
        if (Directory.Exists(Target) && RunManifest.ContentIdIn(RunFolder.At(Target).Manifest, file) is { } recorded && recorded != contentId)
        {
            problems.Add($"its content is {contentId}, but run.json recorded {recorded} when the run ended: it was changed since");
        }
        return (contentId, problems);
    }

    /// <summary>A run that was cut short goes on; of another one whole frames are saved.</summary>
    private string Remedy(string trajectory)
    {
        var saved = $"./engine recover {trajectory} --out NEW.h5 saves every whole frame and says what was lost";
        var folder = Directory.Exists(Target) ? RunFolder.At(Target) : null;
        return folder is not null && File.Exists(folder.Checkpoint) && (string?)RunManifest.Read(folder.Manifest)?["state"] is not "done"
            ? $"the same run with --resume goes on from its checkpoint and mends what was written after it; {saved}"
            : saved;
    }
}

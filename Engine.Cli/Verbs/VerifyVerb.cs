using System.Text.Json.Nodes;
using CommandLine;
using Engine.Cli.Display;
using Engine.Cli.Runs;
using Engine.IO.H5md;
using Engine.Kernels.Errors;

namespace Engine.Cli.Verbs;

[Example("./engine verify runs/lj-melt", "a run folder: the trajectory against its checksums and against run.json")]
[Example("./engine verify trajectory.h5", "one file")]
[Verb("verify", HelpText = "Check that a trajectory is complete and unchanged; exit code 1 where it is not.")]
internal sealed class VerifyVerb : Verb
{
    [Value(0, MetaName = "FOLDER|FILE", Required = true, HelpText = "Run folder or trajectory (.h5).")]
    public string Target { get; set; } = "";

    public override int Execute(VerbContext context)
    {
        var trajectory = FrameSource.TrajectoryOf(Target);
        if (!FrameSource.IsTrajectory(trajectory))
        {
            throw new InputException($"{trajectory} is no trajectory by its name; expected a run folder or a file that ends in .h5, .h5md or .hdf5");
        }
        var problems = TrajectoryVerifier.Verify(trajectory).Select(d => d.ToString()).ToList();
        string? contentId = null;
        if (problems.Count == 0)
        {
            contentId = TrajectoryId.Logical(trajectory);
            // A folder is judged as a whole; a file that was copied out of it stands for itself.
            if (Directory.Exists(Target) && RunManifest.ContentIdIn(RunFolder.At(Target).Manifest, trajectory) is { } recorded && recorded != contentId)
            {
                problems.Add($"its content is {contentId}, but run.json recorded {recorded} when the run ended: it was changed since");
            }
        }
        if (Json)
        {
            JsonOutput.Write(context, new JsonObject
            {
                ["file"] = trajectory,
                ["sound"] = problems.Count == 0,
                ["contentId"] = contentId,
                ["problems"] = new JsonArray([.. problems.Select(p => JsonValue.Create(p))]),
            });
        }
        else if (problems.Count == 0)
        {
            context.Output.WriteLine($"{trajectory}: sound, content {contentId}");
        }
        else
        {
            foreach (var problem in problems)
            {
                context.Output.WriteLine($"{trajectory}: {problem}");
            }
            if (!problems[0].EndsWith(TrajectoryVerifier.Unreadable, StringComparison.Ordinal))
            {
                context.Log(Remedy(trajectory));
            }
        }
        return problems.Count == 0 ? ExitCode.Done : ExitCode.CheckFailed;
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

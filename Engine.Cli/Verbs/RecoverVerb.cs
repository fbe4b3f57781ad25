using System.Text.Json.Nodes;
using CommandLine;
using Engine.Cli.Display;
using Engine.Cli.Report;
using Engine.Cli.Runs;
using Engine.IO.H5md;

namespace Engine.Cli.Verbs;

[Example("./engine recover runs/lj-melt --out saved.h5", "every whole frame of a run that was killed")]
[Verb("recover", HelpText = "Save every whole frame of a trajectory that was cut short or damaged into a new file; the old one is only read. Exit code 1 where anything was lost.")]
internal sealed class RecoverVerb : Verb
{
    [Value(0, MetaName = "FOLDER|FILE", Required = true, HelpText = "Run folder or trajectory (.h5).")]
    public string Target { get; set; } = "";

    [Option("out", Required = true, MetaValue = "FILE", HelpText = "New file.")]
    public string Out { get; set; } = "";

    public override int Execute(VerbContext context)
    {
        var trajectory = FrameSource.TrajectoryOf(Target);
        var report = TrajectoryRecovery.Recover(trajectory, Out);
        if (Json)
        {
            JsonOutput.Write(context, new JsonObject
            {
                ["from"] = trajectory,
                ["file"] = Out,
                ["frames"] = report.Frames,
                ["lastStep"] = report.LastStep,
                ["samples"] = report.Samples,
                ["leftOut"] = new JsonArray([.. report.Omitted.Select(o => JsonValue.Create(o.ToString()))]),
                ["lost"] = new JsonArray([.. report.Lost.Select(l => JsonValue.Create(l.ToString()))]),
                ["contentId"] = TrajectoryId.Logical(Out),
            });
        }
        else
        {
            Print(context, report);
        }
        if (report.Frames == 0 && !report.Complete)
        {
            context.Log($"warning: no frame could be saved; {Out} holds none");
        }
        return report.Complete ? ExitCode.Done : ExitCode.CheckFailed;
    }

    private void Print(VerbContext context, RecoveryReport report)
    {
        context.Output.WriteLine($"{Out}: {NumberText.Count(report.Frames, "frame")}{(report.Frames > 0 ? $" up to step {report.LastStep}" : "")}, {report.Samples} row{(report.Samples == 1 ? "" : "s")} of observables");
        foreach (var element in report.Omitted)
        {
            context.Output.WriteLine(element);
        }
        foreach (var lost in report.Lost)
        {
            context.Output.WriteLine($"lost: {lost}");
        }
    }
}

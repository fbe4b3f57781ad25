using System.Globalization;
using Engine.Cli.Display;
using Engine.Cli.Report;
using Engine.Core.Input;
using Engine.Core.Json;
using Engine.Core.Units;
using Engine.Kernels.Devices;

namespace Engine.Cli.Runs;

/// <summary>Puts a run together for <see cref="ReportWriter"/>.</summary>
internal static class RunReport
{
    public static void Write(RunSetup setup, RunFolder folder, RunOutcome outcome, RunRecorder recorder, ReportTimeSeries? series, int threads, DeviceDescription device)
    {
        var input = setup.Input;
        var units = input.UnitSystem;
        var atoms = setup.Start.Count;
        ReportWriter.Write(
            new ReportModel
            {
                Title = input.Title.Length > 0 ? input.Title : "Run",
                Summary = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{atoms} particles, {outcome.StepsText} steps in {RunProgress.Elapsed(outcome.Seconds)} on {NumberText.Count(threads, "thread")}, potential {setup.Model.Name}, {input.Precision.ToString().ToLowerInvariant()} precision."),
                Highlights =
                [
                    new("particles", atoms.ToString(CultureInfo.InvariantCulture)),
                    new("steps", (outcome.StepsBefore + outcome.Steps).ToString(CultureInfo.InvariantCulture)),
                    new("atom-steps per second", RunProgress.Rate(outcome.StepsPerSecond * atoms)),
                    .. recorder.Last is { } last
                        ? new KeyValuePair<string, string>[] { new($"final density [{units.UnitOf(QuantityKind.Density)}]", Text(last.Density)) }
                        : [],
                ],
                Warnings = [.. setup.Notices, .. outcome.Warnings("run")],
                Stages = [.. input.Stages.Select((stage, i) => Row(stage, i, recorder, series, outcome.Stages.FirstOrDefault(r => r.Index == i), units, atoms))],
                TimeSeries = series,
                Results = recorder.Results,
                Parameters = StrictJson.ToNode(input),
                Provenance =
                [
                    new("engine", Shell.Version),
                    new("input hash", ContentHash.Of(input)),
                    new("seed", input.Seed.ToString(CultureInfo.InvariantCulture)),
                    .. outcome.Contents(),
                    .. setup.Files.Select(f => new KeyValuePair<string, string>($"SHA-256 of {f.Key}", f.Value)),
                    new("device", $"{device.Address}, {device.Name}"),
                    .. setup.Methods,
                ],
            },
            folder.Report);
    }

    private static ReportStage Row(StageInput stage, int index, RunRecorder recorder, ReportTimeSeries? series, StageResult? result, UnitSystem units, int atoms)
    {
        var facts = new List<KeyValuePair<string, string>>();
        void Fact(string name, string value) => facts.Add(new(name, value));
        if (stage.Minimise is not null)
        {
            Fact("ensemble", "minimisation");
            if (result?.Minimised is { } minimised)
            {
                Fact("steps", minimised.Steps.ToString(CultureInfo.InvariantCulture));
                Fact($"largest force [{units.UnitOf(QuantityKind.Force)}]", Text(minimised.MaximumForce));
            }
        }
        else
        {
            var duration = stage.Steps!.Value * stage.TimeStep!.Value;
            Fact("ensemble", Ensemble(stage));
            Fact("steps", stage.Steps.Value.ToString(CultureInfo.InvariantCulture));
            Fact($"time step [{units.TimeUnit}]", Text(stage.TimeStep.Value));
            if (stage.Temperature is not null)
            {
                var (from, to) = (stage.TemperatureAt(0), stage.TemperatureAt(duration));
                Fact($"target [{units.TemperatureUnit}]", from == to ? Text(from) : $"{Text(from)} → {Text(to)}");
            }
            foreach (var mean in result?.Means ?? [])
            {
                Fact($"mean {mean.Name}", mean.Text);
            }
            if (result?.EnergyDrift is { } drift)
            {
                Fact(StageResult.DriftName(units), Text(drift));
            }
            if (series is not null && stage.Temperature is RampSchedule && series.Slope("temperature", index) is var rate and not double.NaN)
            {
                Fact($"realised rate [{units.TemperatureUnit}/{units.TimeUnit}]", Text(rate));
            }
        }
        if (recorder.Stages.TryGetValue(index, out var done))
        {
            Fact($"final density [{units.UnitOf(QuantityKind.Density)}]", Text(done.Density));
            Fact($"final potential energy per particle [{units.EnergyUnit}]", (done.PotentialEnergy / atoms).ToString("G7", CultureInfo.InvariantCulture));
            if (done.Seconds is { } seconds)
            {
                Fact("wall time", RunProgress.Elapsed(seconds));
            }
        }
        return new ReportStage(recorder.NameOf(index), facts);
    }

    private static string Ensemble(StageInput stage) => stage switch
    {
        { Integrator: BrownianInput } => "Brownian",
        { Integrator: LangevinInput, Barostat: not null } => "NPT (Langevin)",
        { Integrator: LangevinInput } => "NVT (Langevin)",
        { Thermostat: not null, Barostat: not null } => "NPT",
        { Thermostat: not null } => "NVT",
        _ => "NVE",
    };

    private static string Text(double value) => value.ToString("G5", CultureInfo.InvariantCulture);
}

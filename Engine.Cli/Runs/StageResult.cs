using System.Globalization;
using System.Text.Json.Nodes;
using Engine.Cli.Report;
using Engine.Core.Dynamics;
using Engine.Core.Input;
using Engine.Core.Units;

namespace Engine.Cli.Runs;

/// <summary>What was found in one stage of a simulation.</summary>
/// <param name="Index">Of the stage.</param>
/// <param name="Name">Its name.</param>
/// <param name="Means">Of the columns of the thermodynamic table; none of a minimisation.</param>
/// <param name="EnergyDrift">Slope of the total energy per particle where nothing exchanges energy with a bath [energy/time]; null elsewhere.</param>
/// <param name="Minimised">How a minimisation ended; null of dynamics.</param>
/// <param name="Warnings">What makes its figures others than one would think.</param>
/// <param name="Units">Of the run.</param>
internal sealed record StageResult(
    int Index, string Name, IReadOnlyList<StageMean> Means, double? EnergyDrift, FireProgress? Minimised, IReadOnlyList<string> Warnings, UnitSystem Units)
{
    /// <summary>Share of the mean kinetic energy by which the total energy may drift in a stage without a warning.</summary>
    private const double MostDrift = 0.01;

    /// <summary>Share of the potential energy per particle that k_B T has at least where trends and drift are warned of: of particles that hardly move, rounding is all there is.</summary>
    private const double Coldest = 1e-9;

    /// <summary>Name of <see cref="EnergyDrift"/> with its unit.</summary>
    public static string DriftName(UnitSystem units) => $"drift of the total energy per particle [{units.EnergyUnit}/{units.TimeUnit}]";

    /// <summary>Every minimisation that is done, and every stage of dynamics, also the one under way, with two rows of the thermodynamic table or more.</summary>
    public static IReadOnlyList<StageResult> Of(RunInput input, RunRecorder recorder, ReportTimeSeries? series)
    {
        var (units, results) = (input.UnitSystem, new List<StageResult>());
        var means = series is null ? [] : StageMean.Of(input, series);
        for (var index = 0; index < input.Stages.Length; index++)
        {
            var (stage, name) = (input.Stages[index], recorder.NameOf(index));
            if (stage.Minimise is { } wanted)
            {
                if (recorder.Stages.TryGetValue(index, out var record) && record.Minimised is { } minimised)
                {
                    results.Add(new(index, name, [], null, minimised, Unconverged(name, wanted, minimised, units), units));
                }
                continue;
            }
            StageMean[] own = [.. means.Where(m => m.Stage == index)];
            if (own.Length == 0)
            {
                continue;
            }
            var isolated = stage is { Integrator: VelocityVerletInput, Thermostat: null, Barostat: null };
            double MeanOf(string quantity) => own.First(m => m.Quantity == quantity).Mean;
            var thermal = units.Boltzmann * MeanOf("temperature");
            double? drift = isolated ? series!.Slope("total energy", index) : null;
            if (thermal < Coldest * Math.Abs(MeanOf("potential energy per particle")))
            {
                results.Add(new(index, name, own, drift, null, [], units));
                continue;
            }
            var trends = recorder.IsMeasured(index) && recorder.Stages.ContainsKey(index) ? Trends(name, own, isolated) : [];
            results.Add(new(index, name, own, drift, null, [.. trends, .. Drifts(name, drift * series!.DurationOf(index), 1.5 * thermal, units)], units));
        }
        return results;
    }

    public JsonObject ToJson()
    {
        var json = new JsonObject { ["name"] = Name };
        if (Minimised is { } minimised)
        {
            (json["steps"], json["converged"], json[$"largest force [{Units.UnitOf(QuantityKind.Force)}]"]) = (minimised.Steps, minimised.Converged, minimised.MaximumForce);
            return json;
        }
        json["rows"] = Means[0].Rows;
        json["means"] = new JsonObject(Means.Select(m => KeyValuePair.Create(m.Name, (JsonNode?)ToJson(m))));
        if (EnergyDrift is { } drift)
        {
            json[DriftName(Units)] = drift;
        }
        return json;
    }

    private static JsonObject ToJson(StageMean mean)
    {
        var json = new JsonObject { ["mean"] = mean.Mean };
        if (mean.Trend is { } trend)
        {
            json["trend"] = new JsonArray(trend.From, trend.To);
        }
        if (mean.Error is { } error)
        {
            (json["error"], json["converged"]) = (error, mean.Converged);
        }
        return json;
    }

    private static string[] Unconverged(string name, MinimiseInput wanted, FireProgress found, UnitSystem units)
    {
        if (found.Converged)
        {
            return [];
        }
        var force = $"a largest force of {Text(found.MaximumForce)} {units.UnitOf(QuantityKind.Force)}, expected at most {Text(wanted.MaximumForce)}";
        var pressure = wanted.RelaxBox
            ? $", and a pressure {Text(found.PressureDeviation * units.PressurePerEnergyDensity)} {units.PressureUnit} off its target, expected at most {Text(wanted.PressureTolerance!.Value)}"
            : "";
        return [$"{name}: stopped after {found.Steps} steps with {force}{pressure}; raise minimise.maximumSteps"];
    }

    private static string[] Trends(string name, StageMean[] means, bool isolated)
    {
        string[] moving =
        [
            .. means.Where(m => m.Trend is not null && !(isolated && m.Quantity.StartsWith("total energy", StringComparison.Ordinal)))
                .Select(m => $"{m.Quantity} from {Text(m.Trend!.Value.From)} to {Text(m.Trend.Value.To)} {m.Unit}".TrimEnd()),
        ];
        return moving.Length == 0 ? [] : [$"{name}: not in equilibrium, {string.Join(", ", moving)} all through the stage (first and last eighth); its means and measurements are of what lies between; make the stage longer"];
    }

    private static string[] Drifts(string name, double? drifted, double kinetic, UnitSystem units) => Math.Abs(drifted ?? 0) is var change && change > MostDrift * kinetic
        ? [$"{name}: the total energy drifted by {Text(change)} {units.EnergyUnit} per particle, {(100 * change / kinetic).ToString("G2", CultureInfo.InvariantCulture)} % of the kinetic energy; take a smaller time step"]
        : [];

    private static string Text(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}

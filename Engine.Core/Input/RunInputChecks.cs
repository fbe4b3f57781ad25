using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Kernels.Errors;

namespace Engine.Core.Input;

/// <summary>The rules of a run file that its shape alone does not enforce.</summary>
internal sealed class RunInputChecks(RunInput run, string source)
{
    public void Check()
    {
        try
        {
            _ = run.UnitSystem;
        }
        catch (InputException exception)
        {
            throw Error(exception.Message);
        }
        CheckSystem(run.System);
        if (run.Potential is { } potential && potential is not JsonObject && potential.GetValueKind() != JsonValueKind.String)
        {
            throw Error($"potential: found {potential.ToJsonString()}, expected a path, an object or null");
        }
        NotNegative(run.InitialTemperature, "initialTemperature");
        Positive(run.TimeStep, "timeStep");
        CheckIntegrator(run.Integrator, "integrator");
        if (run.Stages.Length == 0)
        {
            throw Error("stages is empty; expected at least one stage");
        }
        for (var i = 0; i < run.Stages.Length; i++)
        {
            CheckStage(run.Stages[i] ?? throw Error($"stages[{i}] is null; expected an object"), i);
        }
        var names = run.Stages.Select(stage => stage.Name).Where(name => name.Length > 0).ToList();
        if (names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw Error($"stages: the name \"{twice.Key}\" occurs twice; give each stage its own");
        }
        CheckOutput(run.Output);
        CheckAnalysis(run.Analysis, names);
    }

    private void CheckSystem(SystemInput system)
    {
        OneOf("system", ("crystal", system.Crystal is not null), ("file", system.File is not null), ("random", system.Random is not null));
        if (system.Crystal is { } crystal)
        {
            OneOf("system.crystal", ("latticeConstant", crystal.LatticeConstant is not null), ("density", crystal.Density is not null));
            Positive(crystal.LatticeConstant, "system.crystal.latticeConstant");
            Positive(crystal.Density, "system.crystal.density");
            Three(crystal.Cells, "system.crystal.cells");
            var expected = crystal.Structure is CrystalStructure.Fluorite or CrystalStructure.Rocksalt ? 2 : 1;
            if (crystal.Species.Length != expected)
            {
                throw Error($"system.crystal.species: found {crystal.Species.Length} names, expected {expected} for {crystal.Structure.ToString().ToLowerInvariant()}");
            }
            CheckNames(crystal.Species, "system.crystal.species");
        }
        if (system.Random is { } random)
        {
            OneOf("system.random", ("box", random.Box is not null), ("density", random.Density is not null));
            Positive(random.Density, "system.random.density");
            NotNegative(random.MinimumDistance, "system.random.minimumDistance");
            if (random.Box is { } box && (box.Length != 3 || box.Any(edge => edge <= 0)))
            {
                throw Error("system.random.box: expected three positive edges");
            }
            if (random.Counts.Values.Any(count => count < 0) || random.Counts.Values.Sum(count => (long)count) is < 1 or > int.MaxValue)
            {
                throw Error("system.random.counts: expected numbers of particles that are not negative and not all zero");
            }
            CheckNames([.. random.Counts.Keys], "system.random.counts");
        }
        if (system.Species is { } species)
        {
            CheckNames(species, "system.species");
            if (system.File is null)
            {
                throw Error("system.species names the atom types of a file; give system.file, or the species inside crystal or random");
            }
        }
        if (system.FileHash is not null && system.File is null)
        {
            throw Error("system.fileHash belongs to a file; give system.file or leave it out");
        }
        Three(system.Replicate, "system.replicate");
        foreach (var (name, mass) in system.Masses)
        {
            Positive(mass, $"system.masses.{name}");
        }
    }

    private void CheckStage(StageInput stage, int index)
    {
        var label = stage.Label(index);
        if (stage.Minimise is { } minimise)
        {
            Positive(minimise.MaximumForce, $"{label}: minimise.maximumForce");
            Positive(minimise.MaximumSteps, $"{label}: minimise.maximumSteps");
            Positive(minimise.PressureTolerance, $"{label}: minimise.pressureTolerance");
            if (stage with { Name = "", Minimise = null } != new StageInput())
            {
                throw Error($"{label}: a minimisation takes no key besides name and minimise; put dynamics into a stage of its own");
            }
            return;
        }
        Positive(stage.Steps, $"{label}: steps");
        Positive(stage.Duration, $"{label}: duration");
        Positive(stage.TimeStep, $"{label}: timeStep");
        CheckSchedule(stage.Temperature, $"{label}: temperature");
        CheckSchedule(stage.Pressure, $"{label}: pressure");
        if (stage.Temperature is { Minimum: < 0 } cold)
        {
            throw Error($"{label}: the lowest temperature is {cold.Minimum:R}; expected none below 0");
        }
        OneOf(
            $"{label}: length", ("steps", stage.Steps is not null), ("duration", stage.Duration is not null),
            ("temperature.rate", stage.Temperature is RampSchedule { Rate: not null }), ("pressure.rate", stage.Pressure is RampSchedule { Rate: not null }));
        if ((stage.TimeStep ?? run.TimeStep) is null)
        {
            throw Error($"{label}: no time step; give timeStep there or for the whole run");
        }
        if (stage.Integrator is not null)
        {
            CheckIntegrator(stage.Integrator, $"{label}: integrator");
        }
        CheckCoupling(stage, stage.Integrator ?? run.Integrator, label);
        if (stage.VerifyMelt is { } verify)
        {
            Positive(verify.MinimumMeanSquareDisplacement, $"{label}: verifyMelt.minimumMeanSquareDisplacement");
        }
        _ = stage.Resolve(run, index);
    }

    private void CheckCoupling(StageInput stage, IntegratorInput integrator, string label)
    {
        var stochastic = integrator is LangevinInput or BrownianInput;
        if (stage.Thermostat is BussiInput bussi)
        {
            Positive(bussi.RelaxationTime, $"{label}: thermostat.relaxationTime");
        }
        if (stage.Thermostat is not null && stochastic)
        {
            throw Error($"{label}: the integrator is a thermostat of its own; remove the thermostat or use velocityVerlet");
        }
        if ((stage.Thermostat is not null || stochastic) && stage.Temperature is null)
        {
            throw Error($"{label}: {(stochastic ? "the integrator" : "the thermostat")} needs a temperature; add \"temperature\"");
        }
        if (stage.Temperature is not null && stage.Thermostat is null && !stochastic)
        {
            throw Error($"{label}: nothing acts on the temperature; add a thermostat, or remove the temperature for constant energy");
        }
        if (stage.Barostat is CellRescalingInput rescaling)
        {
            Positive(rescaling.RelaxationTime, $"{label}: barostat.relaxationTime");
            Positive(rescaling.Compressibility, $"{label}: barostat.compressibility");
        }
        if (stage.Barostat is not null && stage.Pressure is null)
        {
            throw Error($"{label}: the barostat needs a pressure; add \"pressure\"");
        }
        if (stage.Pressure is not null && stage.Barostat is null)
        {
            throw Error($"{label}: nothing acts on the pressure; add a barostat or remove the pressure");
        }
        if (stage.Barostat is not null && stage.Temperature is null)
        {
            throw Error($"{label}: the barostat needs a temperature for its noise; add \"temperature\" and a thermostat");
        }
    }

    private void CheckSchedule(Schedule? schedule, string label)
    {
        switch (schedule)
        {
            case RampSchedule ramp:
                Positive(ramp.Rate, $"{label}.rate");
                if (ramp.Rate is not null && ramp.From == ramp.To)
                {
                    throw Error($"{label}: a ramp from {ramp.From:R} to the same value has no length; give steps or a duration instead of the rate");
                }
                break;
            case PointsSchedule points:
                if (points.Points.Length == 0 || points.Points.Any(point => point is not { Length: 2 }))
                {
                    throw Error($"{label}.points: expected at least one [time, value]");
                }
                for (var i = 1; i < points.Points.Length; i++)
                {
                    if (points.Points[i][0] <= points.Points[i - 1][0])
                    {
                        throw Error($"{label}.points[{i}]: time {points.Points[i][0]:R} does not follow {points.Points[i - 1][0]:R}; expected ascending times");
                    }
                }
                break;
            case CycleSchedule cycle:
                Positive(cycle.Cycle.Period, $"{label}.cycle.period");
                break;
        }
    }

    private void CheckIntegrator(IntegratorInput integrator, string label)
    {
        if (integrator is LangevinInput langevin)
        {
            Positive(langevin.Friction, $"{label}.friction");
        }
        if (integrator is BrownianInput brownian)
        {
            Positive(brownian.Friction, $"{label}.friction");
        }
    }

    private void CheckOutput(OutputInput output)
    {
        if (output.Folder.Trim().Length == 0)
        {
            throw Error("output.folder is empty; expected a folder such as \"runs/my-run\"");
        }
        Positive(output.Thermo.Every, "output.thermo.every");
        Positive(output.Trajectory?.Every, "output.trajectory.every");
        Positive(output.Checkpoint.Every, "output.checkpoint.every");
    }

    private void CheckAnalysis(AnalysisInput? analysis, List<string> stageNames)
    {
        foreach (var name in analysis?.Stages ?? [])
        {
            if (!stageNames.Contains(name))
            {
                throw Error($"analysis.stages: there is no stage \"{name}\"; expected one of {string.Join(", ", stageNames)}");
            }
        }
        Positive(analysis?.RadialDistribution?.Every, "analysis.radialDistribution.every");
        Positive(analysis?.RadialDistribution?.Maximum, "analysis.radialDistribution.maximum");
        Positive(analysis?.RadialDistribution?.Bins, "analysis.radialDistribution.bins");
        CheckPairs(analysis?.RadialDistribution?.FixedRadii, "analysis.radialDistribution.fixedRadii");
        Positive(analysis?.Angles?.Every, "analysis.angles.every");
        Positive(analysis?.Angles?.Bins, "analysis.angles.bins");
        CheckPairs(analysis?.Angles?.Cutoffs, "analysis.angles.cutoffs");
        Positive(analysis?.StructureFactor?.Every, "analysis.structureFactor.every");
        Positive(analysis?.StructureFactor?.Maximum, "analysis.structureFactor.maximum");
        Positive(analysis?.StructureFactor?.Spacing, "analysis.structureFactor.spacing");
        NotNegative(analysis?.StructureFactor?.AllVectorsBelow, "analysis.structureFactor.allVectorsBelow");
        Positive(analysis?.StructureFactor?.VectorsPerShell, "analysis.structureFactor.vectorsPerShell");
        Positive(analysis?.StructureFactor?.IntegrationLimit, "analysis.structureFactor.integrationLimit");
        Positive(analysis?.MeanSquareDisplacement?.Every, "analysis.meanSquareDisplacement.every");
        NotNegative(analysis?.MeanSquareDisplacement?.FitFrom, "analysis.meanSquareDisplacement.fitFrom");
        Positive(analysis?.MeanSquareDisplacement?.MaximumLag, "analysis.meanSquareDisplacement.maximumLag");
        Positive(analysis?.MeanSquareDisplacement?.FitTo, "analysis.meanSquareDisplacement.fitTo");
        if (analysis?.MeanSquareDisplacement is { FitFrom: { } from, FitTo: { } to } && from >= to)
        {
            throw Error($"analysis.meanSquareDisplacement: the fit ends at {to:R}, before it starts at {from:R}; exchange fitFrom and fitTo");
        }
        Positive(analysis?.VelocityAutocorrelation?.Every, "analysis.velocityAutocorrelation.every");
        Positive(analysis?.VelocityAutocorrelation?.MaximumLag, "analysis.velocityAutocorrelation.maximumLag");
    }

    private void CheckPairs(Dictionary<string, double>? pairs, string label)
    {
        foreach (var (pair, radius) in pairs ?? [])
        {
            Positive(radius, $"{label}.{pair}");
            if (pair.Split('-').Length != 2)
            {
                throw Error($"{label}: \"{pair}\" is not a pair; expected two species joined by \"-\", such as Hf-O");
            }
        }
    }

    private void CheckNames(string[] names, string label)
    {
        if (names.Any(name => string.IsNullOrWhiteSpace(name) || name.Any(c => char.IsWhiteSpace(c) || c is '-' or '"')))
        {
            throw Error($"{label}: a species name is empty or holds a space, a quote or \"-\"; expected names such as Hf");
        }
        if (names.Distinct().Count() != names.Length)
        {
            throw Error($"{label}: a species name occurs twice; expected distinct names");
        }
    }

    private void Three(int[] counts, string label)
    {
        if (counts.Length != 3 || counts.Any(count => count < 1))
        {
            throw Error($"{label}: expected three positive integers");
        }
    }

    private void OneOf(string label, params (string Name, bool Given)[] choices)
    {
        var given = choices.Where(choice => choice.Given).Select(choice => choice.Name).ToList();
        if (given.Count != 1)
        {
            var all = string.Join(", ", choices.Select(choice => choice.Name));
            throw Error(given.Count == 0 ? $"{label}: expected one of {all}" : $"{label}: found {string.Join(" and ", given)}; expected only one of {all}");
        }
    }

    private void Positive(double? value, string label)
    {
        if (value <= 0)
        {
            throw Error($"{label} is {value:R}; expected a positive number");
        }
    }

    private void NotNegative(double? value, string label)
    {
        if (value < 0)
        {
            throw Error($"{label} is {value:R}; expected a number that is not negative");
        }
    }

    private InputException Error(string problem) => new($"{source}: {problem}".ReplaceLineEndings(" "));
}

using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Engine.Core.Builders;
using Engine.Core.Input;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Simulations;
using Engine.Core.Units;
using Engine.Kernels.Threading;

namespace Engine.Perf;

/// <summary>Models and equilibrated starting points of the benchmarks.</summary>
internal static class MdSetup
{
    /// <summary>in.lj has melted after about a hundred steps; the rest lets the runtime compile the hot loops for good.</summary>
    private const int EquilibrationSteps = 400;

    private const string LennardJones = """
        { "name": "lj", "units": "lj", "species": { "A": { "mass": 1 } },
          "terms": [ { "type": "lennardJones", "cutoff": 2.5, "pairs": { "A-A": { "epsilon": 1, "sigma": 1 } } } ] }
        """;

    private const string WeeksChandlerAndersen = """
        { "name": "wca", "units": "lj", "species": { "A": { "mass": 1 } }, "terms": [ { "type": "wca", "pairs": { "A-A": { "epsilon": 1, "sigma": 1 } } } ] }
        """;

    private const string DampedShiftedForce = """{ "type": "coulombDsf", "alpha": 0.35, "cutoff": 8.0 }""";

    private const string Hafnia = $$"""
        { "name": "hfo2-teter-fit", "units": "metal", "minimumDistance": 0.5,
          "species": { "Hf": { "mass": 178.49, "charge": 2.4 }, "O": { "mass": 15.999, "charge": -1.2 } },
          "terms": [
            { "type": "buckingham", "cutoff": 8.0, "guard": true,
              "pairs": { "Hf-O": { "A": 16800, "rho": 0.226627, "C": 127.65 }, "O-O": { "A": 2029.2204, "rho": 0.343640, "C": 192.58 } } },
            {{DampedShiftedForce}} ] }
        """;

    private static readonly ConcurrentDictionary<(MdModel Model, int Cells, int CellsZ), Configuration> Blocks = [];

    public static bool IsHafnia(MdModel model) => model is MdModel.HafniaDampedShiftedForce or MdModel.HafniaMesh or MdModel.HafniaWaves;

    public static UnitSystem Units(MdModel model) => IsHafnia(model) ? UnitSystem.Metal : UnitSystem.LennardJones;

    /// <summary>The file's own names of the parameters: what a user of that file gets.</summary>
    public static PotentialModel Potential(MdModel model, IReadOnlyList<Species> species) => PotentialModel.Build(
        PotentialFile.Parse(
            model switch
            {
                MdModel.HafniaDampedShiftedForce => Hafnia,
                MdModel.HafniaMesh => WithEwald("mesh"),
                MdModel.HafniaWaves => WithEwald("sum"),
                MdModel.WeeksChandlerAndersen => WeeksChandlerAndersen,
                _ => LennardJones,
            },
            "benchmark"),
        species, Units(model));

    private static string WithEwald(string method) => Hafnia.Replace(
        DampedShiftedForce, $$"""{ "type": "ewald", "cutoff": 8.0, "accuracy": 1e-5, "method": "{{method}}" }""", StringComparison.Ordinal);

    /// <summary>What a thermostat keeps; null without one.</summary>
    public static double? Temperature(MdModel model) =>
        model switch { MdModel.LennardJonesLangevin => 1.44, MdModel.WeeksChandlerAndersen => 1.2, _ => null };

    /// <summary>Two stages, the second of which is timed; nothing is written and the energy is computed at the ends of stages only.</summary>
    public static RunInput Input(MdModel model, Precision precision, int warmSteps, int steps)
    {
        var hafnia = IsHafnia(model);
        var temperature = Temperature(model);
        var stage = new StageInput
        {
            Temperature = temperature,
            Integrator = temperature is null ? new VelocityVerletInput() : new LangevinInput { Friction = 1 },
            TimeStep = hafnia ? 0.001 : 0.005,
        };
        return new RunInput
        {
            Units = hafnia ? "metal" : "lj",
            System = new SystemInput(),
            Potential = (JsonNode?)null,
            Precision = precision,
            Stages = [stage with { Name = "warm", Steps = warmSteps }, stage with { Name = "timed", Steps = steps }],
            Output = new OutputInput { Thermo = new() { Every = int.MaxValue }, Checkpoint = new() { Every = int.MaxValue } },
        }.Resolve();
    }

    /// <summary>The block that a workload copies: melted, with velocities and charges, wrapped.</summary>
    public static Configuration Block(MdWorkload workload) => Block(workload, workload.Cells);

    private static Configuration Block(MdWorkload workload, int cellsZ)
    {
        var model = workload.Model switch
        {
            MdModel.LennardJonesLangevin => MdModel.LennardJones,
            MdModel.HafniaMesh or MdModel.HafniaWaves => MdModel.HafniaDampedShiftedForce,
            var other => other,
        };
        if (Blocks.TryGetValue((model, workload.Cells, cellsZ), out var known))
        {
            return known;
        }
        var hafnia = IsHafnia(model);
        var crystal = new CrystalInput
        {
            Structure = hafnia ? CrystalStructure.Fluorite : CrystalStructure.Fcc,
            Species = hafnia ? ["Hf", "O"] : ["A"],
            LatticeConstant = hafnia ? 5.1 : null,
            Density = model switch { MdModel.LennardJones => 0.8442, MdModel.WeeksChandlerAndersen => 1, _ => null },
            Cells = [workload.Cells, workload.Cells, cellsZ],
        };
        var start = CrystalBuilder.Build(crystal, Units(model), new Dictionary<string, double> { ["A"] = 1 });
        var input = Input(model, Precision.Mixed, 1, EquilibrationSteps) with { InitialTemperature = hafnia ? 6000 : Temperature(model) ?? 1.44 };
        using var workers = new Workers();
        var potential = Potential(model, start.SpeciesTable);
        using var simulation = new Simulation(input, start, potential, workers);
        simulation.Run(new StageClock(), CancellationToken.None);
        var block = simulation.Snapshot(FrameContents.Velocities);
        (block.Step, block.Time, block.Images, block.Energy, block.Virial) = (0, 0, null, null, null);
        block.Charges = hafnia ? [.. block.Species.Select(s => potential.Charges[s])] : null;
        return Blocks[(model, workload.Cells, cellsZ)] = block;
    }

    /// <summary>The whole system of a workload.</summary>
    public static Configuration Start(MdWorkload workload) =>
        Supercell.Build(Block(workload), workload.Replicate.X, workload.Replicate.Y, workload.Replicate.Z);

    /// <summary>A system of an equal share of its particles, shorter along z.</summary>
    public static Configuration Share(MdWorkload workload, int parts)
    {
        var (x, y, z) = workload.Replicate;
        return z % parts == 0
            ? Supercell.Build(Block(workload), x, y, z / parts)
            : Supercell.Build(Block(workload, workload.Cells / parts), x, y, z);
    }
}

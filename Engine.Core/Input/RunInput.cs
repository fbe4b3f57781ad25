using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Engine.Core.Json;
using Engine.Core.Units;
using Engine.Kernels.Errors;

namespace Engine.Core.Input;

/// <summary>
/// A whole simulation, as its run file says it. All numbers are in the units of the run (<see cref="UnitSystem"/>): strings with a unit were
/// converted while reading.
/// </summary>
public sealed record RunInput
{
    public string Title { get; init; } = "";

    /// <summary>lj, metal, micro or si; see <see cref="Units.UnitSystem.Named"/>.</summary>
    public required string Units { get; init; }

    /// <summary>codata2022 or lammps-metal.</summary>
    public string Constants { get; init; } = "codata2022";

    public required SystemInput System { get; init; }

    /// <summary>A potential in line (object), the path of its file relative to the run file (string), or null: an ideal gas.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required JsonNode? Potential { get; init; }

    public Precision Precision { get; init; } = Precision.Mixed;

    /// <summary>Key of every random stream of the run.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>
    /// Maxwell–Boltzmann velocities of this temperature at the start of the first stage of dynamics (a minimisation before it leaves the
    /// particles at rest), drift removed. Null: velocities of the file, else zero.
    /// </summary>
    [Quantity(QuantityKind.Temperature)]
    public double? InitialTemperature { get; init; }

    /// <summary>Time step of the stages that name none.</summary>
    [Quantity(QuantityKind.Time)]
    public double? TimeStep { get; init; }

    /// <summary>Integrator of the stages that name none.</summary>
    public IntegratorInput Integrator { get; init; } = new VelocityVerletInput();

    public required StageInput[] Stages { get; init; }

    public OutputInput Output { get; init; } = new();

    public AnalysisInput? Analysis { get; init; }

    /// <summary>The folder that relative paths (<see cref="Potential"/>, the structure file) start from; not part of the run's identity.</summary>
    [JsonIgnore]
    public string Folder { get; init; } = "";

    public UnitSystem UnitSystem => UnitSystem.Named(Units, Constants);

    /// <summary>Reads and validates a run file.</summary>
    /// <param name="path">The file; relative paths in it start from its folder.</param>
    /// <param name="overrides">Assignments such as stages[quench].temperature.rate="10 K/ps".</param>
    /// <exception cref="InputException">Whatever is wrong first, in one line.</exception>
    public static RunInput ReadFile(string path, IEnumerable<string>? overrides = null)
    {
        var text = StrictJson.ReadText(path);
        return Read(text, path, overrides) with { Folder = StrictJson.FolderOf(text, path) };
    }

    /// <summary>Reads and validates the text of a run file; <paramref name="source"/> is its name in messages.</summary>
    /// <exception cref="InputException">Whatever is wrong first, in one line.</exception>
    public static RunInput Read(string text, string source, IEnumerable<string>? overrides = null)
    {
        var input = StrictJson.Read<RunInput>(text, source, null, overrides);
        input.Validate(source);
        return input;
    }

    /// <summary>Checks what the shape of the JSON alone cannot: signs, lengths, what needs what.</summary>
    /// <exception cref="InputException">The first violation, in one line.</exception>
    public void Validate(string source) => new RunInputChecks(this, source).Check();

    /// <summary>
    /// The same run with everything spelled out: each stage has its own number of steps, time step and integrator; lengths given as durations
    /// or ramp rates became steps. This is what run.json holds and what a run's hash is taken of. Resolving twice changes nothing.
    /// </summary>
    /// <exception cref="InputException">A stage has no length or no time step.</exception>
    public RunInput Resolve() => this with
    {
        TimeStep = null,
        Stages = [.. Stages.Select((stage, i) => stage.Resolve(this, i))],
    };

    /// <summary>
    /// Content hash of what decides the course of the resolved run. A checkpoint fits every run of the same identity: title, analysis and the
    /// folder of the results may differ.
    /// </summary>
    public string IdentityHash() => ContentHash.Of(Deciding());

    /// <summary>The run without what does not decide its course.</summary>
    public RunInput Deciding() => this with { Title = "", Analysis = null, Output = Output with { Folder = "" } };

    /// <summary>
    /// This resolved run, ended where a shorter one ends: where the rest is equal, going on from there is as if that one had been as long from the start. Null where it is not the longer one, or
    /// where something in the shorter depends on what follows: ramps and the check of a melt on the length of the last stage, minimisations on <see cref="MinimisationTimeStep"/>.
    /// </summary>
    public RunInput? CutTo(RunInput shorter)
    {
        var last = shorter.Stages.Length - 1;
        if (last >= Stages.Length || (shorter.Stages.Any(s => s.Minimise is not null) && MinimisationTimeStep != shorter.MinimisationTimeStep))
        {
            return null;
        }
        var (before, now) = (shorter.Stages[last], Stages[last]);
        if (now.Steps > before.Steps && now is { Temperature: not RampSchedule, Pressure: not RampSchedule, VerifyMelt: null })
        {
            now = now with { Steps = before.Steps };
        }
        return this with { Stages = [.. Stages[..last], now] };
    }

    /// <summary>Time step of minimisations [time]: of the first stage of dynamics; without one, 1 fs or 0.005 in reduced units.</summary>
    [JsonIgnore]
    public double MinimisationTimeStep => Stages.Select(stage => stage.TimeStep).FirstOrDefault(step => step is not null)
        ?? (UnitSystem.IsReduced ? 0.005 : Quantity.Parse("1 fs", QuantityKind.Time, UnitSystem));

    /// <summary>A path of the run file: absolute, or relative to its folder.</summary>
    public string PathOf(string path) => Path.Combine(Folder, path);
}

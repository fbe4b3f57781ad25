using System.Globalization;
using System.Text.RegularExpressions;
using Engine.IO.Structures;
using Engine.Kernels.Errors;
using Engine.Kernels.Native;

namespace Engine.Perf;

/// <summary>LAMMPS on a workload; its own loop time, so that start-up and set-up do not count.</summary>
public sealed partial class LammpsCase : IBenchCase
{
    private readonly MdWorkload workload;
    private readonly string program;
    private readonly string[] suffix;

    private LammpsCase(MdWorkload workload, string program, string version, string name, string[] suffix)
    {
        this.workload = workload;
        this.program = program;
        this.suffix = suffix;
        Name = name;
        Version = version;
    }

    public string Name { get; }

    public string Version { get; }

    public IReadOnlyDictionary<string, double> Facts { get; } = new Dictionary<string, double>();

    /// <summary>LAMMPS as it comes and with its optimised styles (<c>-sf opt</c>) where the model has one; nothing where LAMMPS is not installed.</summary>
    public static IReadOnlyList<IBenchCase> For(MdWorkload workload)
    {
        var program = ExternalProgram.Find("lmp", "lammps");
        if (program is null)
        {
            return [];
        }
        var version = VersionLine().Match(ExternalProgram.Run(program, ["-h"], null).Output).Groups[1].Value.Trim();
        return workload.Model switch
        {
            MdModel.HafniaDampedShiftedForce => [new LammpsCase(workload, program, version, "lammps born/coul/dsf", [])],
            MdModel.HafniaMesh => [new LammpsCase(workload, program, version, "lammps born/coul/long, pppm", [])],
            _ =>
            [
                new LammpsCase(workload, program, version, "lammps lj/cut", []),
                new LammpsCase(workload, program, version, "lammps lj/cut/opt", ["-sf", "opt"]),
            ],
        };
    }

    public StepTime Run(int threads, CancellationToken cancellation)
    {
        using var folder = new ScratchFolder("engine-bench-");
        File.WriteAllText(folder.File("in.bench"), Script(workload));
        StructureFile.Write(folder.File("start.data"), MdSetup.Block(workload));
        string[] arguments = ["-in", "in.bench", "-log", "none", .. suffix];
        var result = threads == 1
            ? ExternalProgram.Run(program, arguments, folder.Path, cancellation, oneThread: true)
            : ExternalProgram.Run(
                ExternalProgram.Find("mpirun") ?? throw new MissingLibraryException("mpirun was not found, LAMMPS needs it for more than one thread; apt-get install openmpi-bin"),
                ["--allow-run-as-root", "--oversubscribe", "-np", threads.ToString(CultureInfo.InvariantCulture), program, .. arguments],
                folder.Path, cancellation, oneThread: true);
        if (result.ExitCode != 0)
        {
            throw new RunFailedException($"{Name} left with status {result.ExitCode} on case {workload.Name}: {ExternalProgram.LastLine(result.Output)}");
        }
        return Parse(result.Output);
    }

    /// <summary>The input script of a workload; the start is in start.data.</summary>
    internal static string Script(MdWorkload w)
    {
        var thermostat = w.Model == MdModel.LennardJonesLangevin ? "fix 2 all langevin 1.44 1.44 1.0 48279\n" : "";
        var (x, y, z) = w.Replicate;
        return string.Create(CultureInfo.InvariantCulture, $"""
            {(MdSetup.IsHafnia(w.Model) ? "units metal\natom_style charge" : "units lj\natom_style atomic")}
            read_data start.data
            replicate {x} {y} {z}
            {(w.Model switch { MdModel.HafniaDampedShiftedForce => DampedShiftedForce + Hafnia, MdModel.HafniaMesh => ParticleMesh + Hafnia, _ => LennardJones })}
            fix 1 all nve
            {thermostat}thermo_modify norm no
            run {w.WarmSteps}
            run {w.Steps}

            """);
    }

    /// <summary>The settings of LAMMPS' own bench/in.lj.</summary>
    private const string LennardJones = """
        pair_style lj/cut 2.5
        pair_coeff 1 1 1.0 1.0 2.5
        neighbor 0.3 bin
        neigh_modify delay 0 every 20 check no
        timestep 0.005
        """;

    private const string DampedShiftedForce = "pair_style born/coul/dsf 0.35 8.0 8.0\n";

    /// <summary>An accuracy is there, as here, relative to the force between two unit charges one length unit apart.</summary>
    private const string ParticleMesh = "pair_style born/coul/long 8.0 8.0\nkspace_style pppm 1e-5\n";

    /// <summary>Parameter set hfo2-teter-fit, unguarded: LAMMPS has no guard to switch on.</summary>
    private const string Hafnia = """
        pair_coeff 1 1 0.0 1.0 0.0 0.0 0.0
        pair_coeff 1 2 16800.0 0.226627 0.0 127.65 0.0
        pair_coeff 2 2 2029.2204 0.343640 0.0 192.58 0.0
        neighbor 1.0 bin
        neigh_modify delay 0 every 1 check yes
        timestep 0.001
        """;

    /// <summary>Time of one step of the last run in a LAMMPS log.</summary>
    internal static StepTime Parse(string log)
    {
        var loops = LoopTime().Matches(log);
        var use = CpuUse().Matches(log);
        if (loops.Count == 0)
        {
            throw new RunFailedException($"LAMMPS printed no loop time; its last line is: {ExternalProgram.LastLine(log)}");
        }
        var loop = loops[^1];
        var wall = double.Parse(loop.Groups[1].Value, CultureInfo.InvariantCulture);
        var processes = int.Parse(loop.Groups[2].Value, CultureInfo.InvariantCulture);
        var steps = int.Parse(loop.Groups[3].Value, CultureInfo.InvariantCulture);
        var percent = use.Count > 0 ? double.Parse(use[^1].Groups[1].Value, CultureInfo.InvariantCulture) : 100;
        return new(wall / steps, wall * processes * percent / 100 / steps);
    }

    [GeneratedRegex(@"Simulator - (.*)")]
    private static partial Regex VersionLine();

    [GeneratedRegex(@"^Loop time of (\S+) on (\d+) procs for (\d+) steps", RegexOptions.Multiline)]
    private static partial Regex LoopTime();

    [GeneratedRegex(@"^([\d.]+)% CPU use", RegexOptions.Multiline)]
    private static partial Regex CpuUse();
}

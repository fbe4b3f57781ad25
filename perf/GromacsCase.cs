using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Engine.Core.Particles;
using Engine.Kernels.Errors;
using Engine.Kernels.Native;

namespace Engine.Perf;

/// <summary>
/// GROMACS (mixed precision) on the Lennard-Jones melt, as argon: σ = 0.34 nm and ε, m, time step of the same reduced values; plain cutoff, list
/// to 2.8 σ, rebuilt every 20 steps. Its counters are reset after the warm-up.
/// </summary>
public sealed partial class GromacsCase : IBenchCase
{
    private const double Sigma = 0.34;
    private const double Epsilon = 0.997;
    private const double Mass = 39.948;

    private readonly MdWorkload workload;
    private readonly string program;

    private GromacsCase(MdWorkload workload, string program, string version)
    {
        this.workload = workload;
        this.program = program;
        Version = version;
    }

    public string Name => "gromacs";

    public string Version { get; }

    public IReadOnlyDictionary<string, double> Facts { get; } = new Dictionary<string, double>();

    /// <summary>√(m σ²/ε) [ps]: masses in u, energies in kJ/mol, lengths in nm are a consistent system with ps.</summary>
    private static double TimeUnit => Sigma * Math.Sqrt(Mass / Epsilon);

    /// <summary>GROMACS for the Lennard-Jones melt at constant energy; nothing for other models, more atoms than its file format counts, or where it is not installed.</summary>
    public static IReadOnlyList<IBenchCase> For(MdWorkload workload)
    {
        if (workload.Model != MdModel.LennardJones || workload.Atoms >= 100_000 || ExternalProgram.Find("gmx") is not { } program)
        {
            return [];
        }
        return [new GromacsCase(workload, program, VersionLine().Match(ExternalProgram.Run(program, ["--version"], null).Output).Groups[1].Value.Trim())];
    }

    public StepTime Run(int threads, CancellationToken cancellation)
    {
        using var folder = new ScratchFolder("engine-bench-");
        var start = MdSetup.Start(workload);
        File.WriteAllText(folder.File("conf.gro"), Coordinates(start));
        File.WriteAllText(folder.File("topol.top"), Topology(start.Count));
        File.WriteAllText(folder.File("grompp.mdp"), Parameters(workload));
        Call(["grompp", "-maxwarn", "5"], folder.Path, cancellation);
        var count = threads.ToString(CultureInfo.InvariantCulture);
        var warm = workload.WarmSteps.ToString(CultureInfo.InvariantCulture);
        Call(["mdrun", "-ntmpi", "1", "-ntomp", count, "-noconfout", "-resetstep", warm, "-notunepme"], folder.Path, cancellation);
        return Parse(File.ReadAllText(folder.File("md.log")), workload.Steps);
    }

    /// <summary>Time of one step from the end of md.log.</summary>
    internal static StepTime Parse(string log, int steps)
    {
        var time = TimeLine().Match(log);
        if (!time.Success)
        {
            throw new RunFailedException("GROMACS printed no line \"Time: core wall\" in md.log; expected a run that ended");
        }
        double Seconds(int group) => double.Parse(time.Groups[group].Value, CultureInfo.InvariantCulture);
        return new(Seconds(2) / steps, Seconds(1) / steps);
    }

    internal static string Parameters(MdWorkload w) => string.Create(CultureInfo.InvariantCulture, $"""
        integrator = md
        dt = {0.005 * TimeUnit:F8}
        nsteps = {w.WarmSteps + w.Steps}
        comm-mode = none
        cutoff-scheme = Verlet
        verlet-buffer-tolerance = -1
        nstlist = 20
        rlist = {2.8 * Sigma:F6}
        rvdw = {2.5 * Sigma:F6}
        rcoulomb = {2.5 * Sigma:F6}
        coulombtype = Cut-off
        vdwtype = Cut-off
        vdw-modifier = None
        DispCorr = no
        nstxout = 0
        nstvout = 0
        nstfout = 0
        nstlog = 0
        nstenergy = 0
        nstcalcenergy = {w.WarmSteps + w.Steps}

        """);

    private void Call(string[] arguments, string folder, CancellationToken cancellation)
    {
        var result = ExternalProgram.Run(program, ["-nobackup", "-quiet", .. arguments], folder, cancellation, oneThread: true);
        if (result.ExitCode != 0)
        {
            throw new RunFailedException(
                $"gmx {arguments[0]} left with status {result.ExitCode} on case {workload.Name}: {ExternalProgram.LastLine(result.Output)}");
        }
    }

    private static string Topology(int atoms) => string.Create(CultureInfo.InvariantCulture, $"""
        [ defaults ]
        1 2 no 1.0 1.0
        [ atomtypes ]
        Ar 18 {Mass} 0.0 A {Sigma} {Epsilon}
        [ moleculetype ]
        Ar 0
        [ atoms ]
        1 Ar 1 Ar Ar 1 0.0 {Mass}
        [ system ]
        Lennard-Jones melt
        [ molecules ]
        Ar {atoms}

        """);

    /// <summary>Fixed columns; GROMACS takes the precision from the distance of the decimal points.</summary>
    private static string Coordinates(Configuration start)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Lennard-Jones melt\n{start.Count}\n");
        var velocities = start.Velocities!;
        var speed = Sigma / TimeUnit;
        for (var i = 0; i < start.Count; i++)
        {
            var r = Sigma * start.Position(i);
            text.Append(CultureInfo.InvariantCulture, $"{i + 1,5}{"Ar",-5}{"Ar",5}{i + 1,5}{r.X,11:F6}{r.Y,11:F6}{r.Z,11:F6}");
            text.Append(CultureInfo.InvariantCulture, $"{speed * velocities[3 * i],11:F7}{speed * velocities[3 * i + 1],11:F7}{speed * velocities[3 * i + 2],11:F7}\n");
        }
        var box = start.Box;
        text.Append(CultureInfo.InvariantCulture, $"{Sigma * box.LengthX:F6} {Sigma * box.LengthY:F6} {Sigma * box.LengthZ:F6}\n");
        return text.ToString();
    }

    [GeneratedRegex(@"GROMACS version:\s*(\S+)")]
    private static partial Regex VersionLine();

    [GeneratedRegex(@"^\s*Time:\s+([\d.]+)\s+([\d.]+)\s", RegexOptions.Multiline)]
    private static partial Regex TimeLine();
}

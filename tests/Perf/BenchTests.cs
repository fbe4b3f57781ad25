using System.Text.Json.Nodes;
using Engine.Core.Input;
using Engine.Kernels.Errors;
using Engine.Kernels.Native;
using Engine.Perf;
using Engine.Tests.Core.Gap;
using Engine.Tests.Core.Potentials;
using Xunit;

namespace Engine.Tests.Perf;

public class BenchTests
{
    private static readonly Dictionary<string, double> NoFacts = [];

    [Fact]
    public void TheLastLoopTimeOfLammpsCounts()
    {
        const string log = """
            Loop time of 9.9 on 2 procs for 10 steps with 4000 atoms
            50.0% CPU use with 2 MPI tasks x no OpenMP threads
            Loop time of 3.0 on 2 procs for 600 steps with 4000 atoms
            90.0% CPU use with 2 MPI tasks x no OpenMP threads
            """;
        var time = LammpsCase.Parse(log);
        Assert.Equal(0.005, time.Wall, 1e-15); // one rounding of a division
        Assert.Equal(0.009, time.Cpu, 1e-15);
    }

    [Fact]
    public void TheTimesOfGromacsAreThoseOfItsLog()
    {
        var time = GromacsCase.Parse("               Core t (s)   Wall t (s)        (%)\n       Time:        6.000        3.000      200.0\n", 600);
        Assert.Equal(0.005, time.Wall, 1e-15); // one rounding of a division
        Assert.Equal(0.01, time.Cpu, 1e-15);
    }

    /// <summary>A script that takes quip's arguments and prints what quip prints: an energy for each frame of the file.</summary>
    [Fact]
    public void QuipIsGivenThePotentialAndHasToAgree()
    {
        using var folder = new ScratchFolder("engine-quip-");
        var program = folder.File("quip");
        File.WriteAllText(program, """
            #!/bin/sh
            test "$1 $2 $3 $4 $5" = "atoms_filename=$(basename "${1#*=}") param_filename=gap.xml E=T F=T V=T" || { echo "bad arguments: $*"; exit 1; }
            grep -q 'GAP_params' gap.xml && test -s gap.xml.sparseX.GAP_test1 && test "$OMP_NUM_THREADS" = 1 || { echo 'no potential'; exit 1; }
            for frame in $(seq "$(grep -c Lattice "${1#*=}")"); do echo 'Energy=-3.5000001'; echo 'AT energy=-3.5'; done
            """);
        ExternalProgram.Run("/bin/chmod", ["+x", program], null);
        var quip = new QuipCase(program);
        var (model, frame) = (GapModels.Hafnia(), Cells.Fluorite(5.1));
        Assert.True(double.IsFinite(quip.Seconds(model, frame, -3.5, CancellationToken.None)));
        Assert.Contains("expected 1 of -4 eV", Assert.Throws<RunFailedException>(() => quip.Seconds(model, frame, -4, CancellationToken.None)).Message);
        File.WriteAllText(folder.File("broken"), "#!/bin/sh\necho 'SYSTEM ABORT: no'; exit 1\n");
        ExternalProgram.Run("/bin/chmod", ["+x", folder.File("broken")], null);
        Assert.Contains("SYSTEM ABORT: no", Assert.Throws<RunFailedException>(() => new QuipCase(folder.File("broken")).Seconds(model, frame, -3.5, CancellationToken.None)).Message);
    }

    [Fact]
    public void PeersAreGivenTheSameSteps()
    {
        foreach (var w in MdBench.Workloads)
        {
            var script = LammpsCase.Script(w);
            Assert.Contains($"replicate {w.Replicate.X} {w.Replicate.Y} {w.Replicate.Z}\n", script);
            Assert.EndsWith($"run {w.WarmSteps}\nrun {w.Steps}\n", script);
            Assert.Contains($"nsteps = {w.WarmSteps + w.Steps}\n", GromacsCase.Parameters(w));
            // The published script rebuilds every 20 steps without a check, so other counts would time a fraction of a rebuild.
            Assert.Equal(0, w.Steps % 20);
        }
    }

    [Fact]
    public void TheStartIsAMeltOfTheAtomsPromised()
    {
        var workload = new MdWorkload("test", MdModel.LennardJones, 4, (2, 1, 1), 0, 20);
        var start = MdSetup.Start(workload);
        Assert.Equal(512, workload.Atoms);
        Assert.Equal(512, start.Count);
        Assert.NotNull(start.Velocities);
        // Particles of the crystal sit on multiples of half an edge, (4/0.8442)^(1/3)/2; in a melt nearly none does.
        var half = Math.Cbrt(4 / 0.8442) / 2;
        var onSite = start.Positions.Count(x => Math.Abs(x / half - Math.Round(x / half)) < 0.01);
        Assert.InRange(onSite, 0, start.Positions.Length / 5);
    }

    [Fact]
    public void TheEngineTakesTheStepsItIsTimedFor()
    {
        var own = new EngineCase(new("test", MdModel.LennardJones, 4, (1, 1, 1), 5, 20, Precision.Double), "v");
        var time = own.Run(1, CancellationToken.None);
        Assert.True(time.Wall > 0);
        Assert.InRange(own.Facts["stepsPerRebuild"], 1, 20);
        // At least positions, velocities and forces.
        Assert.InRange(own.Facts["bytesPerAtom"], 72, 100_000);
        // Only a device is compared with the processor.
        Assert.DoesNotContain("forceError", own.Facts.Keys);
    }

    [Fact]
    public void SeveralThreadsStandBesideOneAndBesideSystemsOfTheirOwn()
    {
        var workload = new MdWorkload("test", MdModel.LennardJones, 4, (1, 1, 1), 0, 20);
        var results = MdBench.Run(workload, "v", [], threads: 2, rounds: 1, _ => { }, CancellationToken.None).ToList();
        Assert.Equal(["engine on one thread", "engine, systems of a share each that meet every step"], results.Select(r => r.PeerName));
        Assert.All(results, result => Assert.Equal((2, "v"), (result.Threads, result.PeerVersion)));
        Assert.All(results, result => Assert.True(result.Ratio > 0));
        // Four cells cannot be shared out among three.
        Assert.Equal("engine on one thread", Assert.Single(MdBench.Run(workload, "v", [], threads: 3, rounds: 1, _ => { }, CancellationToken.None)).PeerName);
        Assert.Null(Assert.Single(MdBench.Run(workload, "v", [], threads: 1, rounds: 1, _ => { }, CancellationToken.None)).PeerName);
    }

    [Fact]
    public void RatiosCompareStepsOfTheSameRound()
    {
        // The machine was three times slower in the second round and the peer unlucky in the third.
        StepTime[] own = [new(1, 1), new(3, 3), new(1, 1)], peer = [new(4, 3), new(12, 9), new(40, 3)];
        var result = new BenchResult("x", 1000, 1, own, "peer", "1", peer, NoFacts);
        Assert.Equal(1000, result.Rate!.Value, 1e-9); // one rounding each
        Assert.Equal(4, result.Ratio!.Value, 1e-12);
        Assert.Equal(3, result.CpuRatio!.Value, 1e-12);
        Assert.Equal(2, result.Spread!.Value, 1e-12);
        Assert.Null(new BenchResult("x", 1000, 1, own, null, null, [], NoFacts).Ratio);
    }

    /// <summary>100 of 1000 samples: ten times the gradients, and the products of 55 pairs of tenths.</summary>
    [Fact]
    public void PyTorchIsScaledToAllSamples()
    {
        var line = new JsonObject { ["seconds"] = 0.5, ["threads"] = 2 };
        var found = new JsonObject { ["version"] = "1.13", ["blas"] = "Haswell", ["gram"] = 3.0, ["forming"] = 2.0, ["products"] = 0.2 };
        TorchPeer.Record(line, NtkWorkload.All[0], found);
        Assert.Equal(31, (double)line["jacobianSeconds"]!, 1e-12); // some roundings
        Assert.Equal(31, (double)line["ratioPerCoreJacobian"]!, 1e-12);
        Assert.Equal(3, (double)line["ratioPerCoreGram"]!, 1e-12);
        Assert.All(NtkWorkload.All, w => Assert.Equal(0, w.Samples % w.JacobianSamples));
    }

    [Fact]
    public void TheTighterBoundCounts()
    {
        // 1000 particles in 1 µs: 1 ns each. 10 operations at 1e11/s take 0.1 ns, 8 bytes at 1e10/s take 0.8 ns.
        var result = new KernelResult("k", 1000, "particle", 1, 10, 8, 1e-6, 0, 1e11, 1e10);
        Assert.Equal("memory", result.Bound);
        Assert.Equal(0.8, result.Fraction!.Value, 1e-12); // one rounding each
        Assert.Equal("arithmetic", (result with { BytesPerAtom = 0.5 }).Bound);
        Assert.Null((result with { BytesPerAtom = 0, FlopPerUnit = 0 }).Fraction);
    }

    [Theory]
    [InlineData("speed", "there is no bench 'speed'")]
    [InlineData("md --case lj-5k", "has no case 'lj-5k', expected one of lj-4k")]
    [InlineData("kernels --case pear-lj", "has no case 'pear-lj'")]
    [InlineData("md --rounds 0", "--rounds is 0")]
    public void MistakesAreOneLine(string arguments, string expected)
    {
        var run = Cli.CliRun.Of(["bench", .. arguments.Split(' ')]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, Assert.Single(run.ErrorLines));
    }
}

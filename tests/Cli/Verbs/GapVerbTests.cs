using System.Text.Json.Nodes;
using Engine.Core.Builders;
using Engine.Core.Forces;
using Engine.Core.Gap.Active;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Units;
using Engine.IO.Structures;
using Engine.Kernels.Threading;
using Engine.Tests.Core.Potentials;
using Engine.Tests.IO.H5md;
using Engine.Tests.Kernels.Devices;
using Xunit;

namespace Engine.Tests.Cli.Verbs;

/// <summary>Descriptors, fits and choices of data as they are called, and what is said where that cannot work.</summary>
public sealed class GapVerbTests : IDisposable
{
    private const string Fit = """
        { "descriptors": [ { "type": "soap", "cutoff": 3.5, "nMax": 3, "lMax": 3, "sparsePoints": 20 } ], "sigma": { "energy": 0.001, "force": 0.1 }, "freeAtoms": "average" }
        """;

    private const string Soap = """{ "cutoff": 3.5, "nMax": 3, "lMax": 2 }""";

    private const string Active = """
        { "minimumSamples": 4, "minimumClusterSize": 6, "cutoff": [3.5, 3.5], "delta": [1], "sparsePoints": [100, 100], "order": [3, 3], "designs": 1, "iterations": 0, "tolerance": 1 }
        """;

    private static readonly string Potential = Path.Combine(Cells.Root, "examples", "potentials", "hfo2-teter-fit.json");

    private static readonly Lazy<Configuration[]> Frames = new(() => [.. Enumerable.Range(0, 40).Select(k => Labelled(k % 2 == 0 ? 5.1 : 5.5, k))]);

    private readonly string folder = Directory.CreateTempSubdirectory("engine-gap-verbs-").FullName;

    public GapVerbTests()
    {
        StructureFile.Write(At("train.extxyz"), Frames.Value);
        File.WriteAllText(At("fit.json"), Fit);
        File.WriteAllText(At("soap.json"), Soap);
        File.WriteAllText(At("active.json"), Active);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void APotentialIsFittedTestedAndUsed()
    {
        var fit = CliRun.Of("gap", "fit", At("train.extxyz"), "--settings", At("fit.json"), "--out", At("gap.xml"), "--folds", "2", "--json");
        Assert.True(fit.ExitCode == 0, fit.Error);
        var cross = JsonNode.Parse(fit.Output)!["crossValidation"]!["default"]!;
        Assert.Equal(40, (int)cross["frames"]!);
        Assert.Contains("engine: keys: energy from energy (40 frames), forces from forces (40 frames), virial from virial (40 frames)", fit.ErrorLines);
        Assert.DoesNotContain("both", fit.Error);
        var test = CliRun.Of("gap", "test", At("gap.xml"), At("train.extxyz"), "--report", At("errors.html"), "--json");
        Assert.True(test.ExitCode == 0, test.Error);
        // The errors that the fit tells are those that a test of the same data finds.
        Assert.Equal((double)JsonNode.Parse(fit.Output)!["trainingErrors"]!["default"]!["forceRmse"]!, (double)JsonNode.Parse(test.Output)!["groups"]!["default"]!["forceRmse"]!, 1e-9);
        // What was fitted is not worse than what was left out.
        Assert.InRange((double)JsonNode.Parse(test.Output)!["groups"]!["default"]!["forceRmse"]!, 1e-6, (double)cross["forceRmse"]!);
        Assert.True(File.Exists(At("errors.html")));
        // Sparse points that are given are those of the folds, too.
        Assert.Contains(fit.ErrorLines, line => line.Contains("candidates", StringComparison.Ordinal));
        var again = CliRun.Of("gap", "fit", At("train.extxyz"), "--settings", At("fit.json"), "--out", At("again.xml"), "--folds", "2", "--sparse-from", At("gap.xml"), "--json");
        Assert.True(again.ExitCode == 0, again.Error);
        Assert.DoesNotContain("candidates", again.Error);
        Assert.Equal(0, CliRun.Of("energy", At("train.extxyz"), "--potential", At("gap.xml"), "--uncertainty").ExitCode);
        // What the potential does not know is told before any frame is computed, and where it is.
        StructureFile.Write(At("other.extxyz"), Frames.Value[..2]);
        File.AppendAllText(At("other.extxyz"), "1\nLattice=\"9 0 0 0 9 0 0 0 9\" Properties=species:S:1:pos:R:3 energy=-1\nXe 0 0 0\n");
        var unknown = CliRun.Of("gap", "test", At("gap.xml"), At("other.extxyz"));
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("/other.extxyz, frame 2 (line 29): potential", unknown.ErrorLines[^1]);
        Assert.Contains("Xe", unknown.ErrorLines[^1]);
    }

    /// <summary>Which of two keys is used is said, and nothing where the settings name one; the record in the potential has it, too.</summary>
    [Fact]
    public void KeysThatAreUsedAreTold()
    {
        var lines = File.ReadAllLines(At("train.extxyz"));
        for (var k = 1; k < lines.Length; k += 14)
        {
            // Every other frame has a second energy.
            lines[k] = k / 14 % 2 == 0 ? $"{lines[k]} dft_energy=-1.5" : lines[k].Replace(" energy=", " dft_energy=", StringComparison.Ordinal);
        }
        File.WriteAllLines(At("two.extxyz"), lines);
        string[] command = ["gap", "fit", At("two.extxyz"), "--settings", At("fit.json"), "--set", "virials=false", "--out"];
        var either = CliRun.Of([.. command, At("either.xml")]);
        Assert.True(either.ExitCode == 0, either.Error);
        Assert.Contains("engine: keys: energy from dft_energy (20 frames) and energy (20 frames), forces from forces (40 frames)", either.ErrorLines);
        Assert.Contains("engine: note: 20 frames have both energy and dft_energy: energy is used; energyKey names another", either.ErrorLines);
        Assert.Matches("errors on the training data, root mean square: energy [0-9.]+ meV/atom, forces [0-9.]+ eV/Å, virial ", either.Output);
        Assert.Contains("\"keys\":{\"energy\":{\"dft_energy\":20,\"energy\":20},\"forces\":{\"forces\":40}}", File.ReadAllText(At("either.xml")));
        var named = CliRun.Of([.. command, At("named.xml"), "--set", "energyKey=dft_energy"]);
        Assert.Contains("engine: keys: energy from dft_energy (40 frames), forces from forces (40 frames)", named.ErrorLines);
        Assert.DoesNotContain("both", named.Error);
        var test = CliRun.Of("gap", "test", At("either.xml"), At("two.extxyz"), "--json");
        Assert.Contains("engine: note: 20 frames have both energy and dft_energy: energy is used; --energy-key names another", test.ErrorLines);
        Assert.Equal(20, (int)JsonNode.Parse(test.Output)!["keys"]!["energy"]!["dft_energy"]!);
    }

    /// <summary>A potential took a fit to make: it is replaced only where that is asked for.</summary>
    [Fact]
    public void APotentialIsNotOverwrittenUnasked()
    {
        File.WriteAllText(At("gap.xml"), "mine");
        string[] command = ["gap", "fit", At("train.extxyz"), "--settings", At("fit.json"), "--out", At("gap.xml"), "--device", "cpu"];
        var refused = CliRun.Of(command);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("which exists; expected a new file; give another name, or --overwrite to replace it", Assert.Single(refused.ErrorLines));
        Assert.Equal("mine", File.ReadAllText(At("gap.xml")));
        Assert.Equal(0, CliRun.Of([.. command, "--overwrite"]).ExitCode);
        Assert.NotEqual("mine", File.ReadAllText(At("gap.xml")));
        Assert.DoesNotContain("--device", CliRun.Of("gap", "fit", "--help").Output);
    }

    [SkippableFact]
    public void DescriptorsAreWritten()
    {
        NeedsHdf5.Check();
        Assert.Equal(0, CliRun.Of("soap", At("train.extxyz"), "--settings", At("soap.json"), "--out", At("all.h5"), "--gradients").ExitCode);
        Assert.Equal(0, CliRun.Of("soap", At("train.extxyz"), "--settings", At("soap.json"), "--out", At("mean.h5"), "--average").ExitCode);
        Assert.True(new FileInfo(At("all.h5")).Length > new FileInfo(At("mean.h5")).Length);
        Assert.Empty(Directory.GetFiles(folder, "*.tmp"));
    }

    [SkippableFact]
    public void DescriptorsAreComputedOnADevice()
    {
        NeedsHdf5.Check();
        _ = TestDevices.Get("opencl");
        StructureFile.Write(At("cell.extxyz"), [Supercell.Build(Frames.Value[0], 2, 2, 2)]);
        string[] command = ["soap", At("cell.extxyz"), "--settings", At("soap.json"), "--out", At("device.h5"), "--device", "opencl"];
        var run = CliRun.Of(command);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains($"{8 * Frames.Value[0].Count} descriptors", run.Output);
        foreach (var more in new[] { "gradients", "average" })
        {
            var refused = CliRun.Of([.. command, $"--{more}"]);
            Assert.Equal(2, refused.ExitCode);
            Assert.Contains($"computed on the processor only; leave out --{more}", refused.ErrorLines[^1]);
        }
    }

    [Theory]
    [InlineData("gap fit train.extxyz --settings fit.json --out no/gap.xml", "--out is")]
    [InlineData("gap fit train.extxyz --settings fit.json --out gap.xml --folds 41", "--folds is 41")]
    [InlineData("gap fit train.extxyz --settings fit.json --out gap.xml --set memoryLimit=1e-6", "or a larger memoryLimit")]
    [InlineData("gap fit train.extxyz --settings fit.json --out gap.xml --set descriptors[0].sparsPoints=3", "did you mean \"sparsePoints\"?")]
    [InlineData("gap fit train.extxyz --settings fit.json --out gap.xml --set freeAtoms={\"Hf\":-1,\"O\":-1,\"Ox\":-1}", "freeAtoms has an energy for Ox, which is not in the training data; expected one for each of Hf, O")]
    [InlineData("gap fit nan.extxyz --settings fit.json --out gap.xml", "found \"NaN\" for forces")]
    [InlineData("gap fit bare.extxyz --settings fit.json --out gap.xml", "has an energy or forces")]
    [InlineData("gap fit bare.extxyz --settings fit.json --out gap.xml", "/bare.extxyz has")]
    [InlineData("gap fit overlap.extxyz --settings fit.json --out gap.xml", "/overlap.extxyz, frame 1 (line 4): particles 0 and 1 are at the same place")]
    [InlineData("gap fit sigma.extxyz --settings fit.json --out gap.xml", "/sigma.extxyz, frame 1 (line 4) has energy_sigma=-1")]
    [InlineData("gap fit element.extxyz --settings fit.json --out gap.xml", "/element.extxyz, frame 1 (line 4): species Xx is no chemical element")]
    [InlineData("gap fit element.extxyz --settings train.extxyz --out gap.xml", "/train.extxyz is not JSON: it begins with \"12\"; expected an object with the keys title, descriptors, sigma,")]
    [InlineData("gap fit fold.extxyz --settings fit.json --out gap.xml --folds 2", "Hf of ")]
    [InlineData("gap fit train.extxyz --settings fit.json --out gap.xml --folds 2 --sparse-from absent.xml", "absent.xml")]
    [InlineData("gap fit train.extxyz --settings fit.json --out gap.xml --set zzz=3", "unknown key \"zzz\"; expected one of title, descriptors, ")]
    [InlineData("gap fit train.extxyz --settings fit.json --out gap.xml --set groupSigma={\"melt\":{\"energy\":1,\"force\":1}}", "groupSigma has melt, a group that no frame is of; expected some of default")]
    [InlineData("gap fit train.extxyz --settings fit.json --out gap.xml --set groupKey=foo", "groupKey is foo, which no frame has")]
    [InlineData("gap fit empty.extxyz --settings fit.json --out gap.xml", "is empty")]
    [InlineData("gap test train.extxyz train.extxyz", "train.extxyz")]
    [InlineData("gap test absent.xml train.extxyz", "cannot read the potential")]
    [InlineData("gap active train.extxyz --settings active.json --out train.extxyz", "--out is")]
    [InlineData("gap active bare.extxyz --settings active.json --out active", "no energy and there is no oracle")]
    [InlineData("gap active train.extxyz --settings active.json --out active --set tolerance=-0.001", "tolerance is -0.001 eV, expected 0 or more")]
    [InlineData("gap active train.extxyz --settings active.json --out active --set jitter=0", "jitter is 0; expected a positive number")]
    [InlineData("gap active train.extxyz --settings active.json --out active --set cutoff=[0.1,0.2]", "transitionWidth is 0.5")]
    [InlineData("gap active train.extxyz --settings active.json --out active --set order=[3,100]", "nMax is 100")]
    [InlineData("gap active train.extxyz --settings active.json --out active --set stride=39", "1 of 40 frames are left")]
    [InlineData("gap active train.extxyz --settings active.json --out active --set oracleTimeLimit=0", "oracleTimeLimit is 0; expected")]
    [InlineData("gap active train.extxyz --settings active.json --out active --set oracleCommand=dft", "oracleCommand is 'dft'; expected a command with {in} and {out}")]
    [InlineData("gap active train.extxyz --settings active.json --out active --set oracleCp2k=absent.inp", "cannot read the CP2K template")]
    [InlineData("gap study absent.json", "cannot read")]
    [InlineData("soap train.extxyz --settings soap.json --out no/soap.h5", "--out is")]
    [InlineData("soap overlap.extxyz --settings soap.json --out soap.h5", "/overlap.extxyz, frame 1 (line 4): particles 0 and 1 are at the same place")]
    [InlineData("soap element.extxyz --settings soap.json --out soap.h5", "/element.extxyz, frame 1 (line 4): species Xx is no chemical element")]
    [InlineData("soap train.extxyz --settings train.extxyz --out soap.h5", "/train.extxyz is not JSON: it begins with \"12\"; expected an object with the keys cutoff, transitionWidth,")]
    [InlineData("soap train.extxyz --settings soap.json --out soap.h5 --average --gradients", "exclude each other")]
    public void MistakesAreOneLine(string command, string expected)
    {
        File.WriteAllText(At("empty.extxyz"), "");
        File.WriteAllText(At("nan.extxyz"), "1\nProperties=species:S:1:pos:R:3:forces:R:3 energy=1\nO 0 0 0 0 0 NaN\n");
        StructureFile.Write(At("bare.extxyz"), Frames.Value.Select(f => new Configuration { Box = f.Box, SpeciesTable = f.SpeciesTable, Species = f.Species, Positions = f.Positions }));
        const string First = "1\nLattice=\"9 0 0 0 9 0 0 0 9\" Properties=species:S:1:pos:R:3 energy=-1\nO 0 0 0\n";
        File.WriteAllText(At("overlap.extxyz"), First + First.Replace("1\nL", "2\nL", StringComparison.Ordinal) + "O 0 0 9\n");
        File.WriteAllText(At("sigma.extxyz"), First + First.Replace("energy=", "energy_sigma=-1 energy=", StringComparison.Ordinal));
        File.WriteAllText(At("element.extxyz"), First + First.Replace("O", "Xx", StringComparison.Ordinal));
        File.WriteAllText(At("fold.extxyz"), First + First.Replace("O", "Hf", StringComparison.Ordinal) + First + First);
        string[] names = ["overlap.extxyz", "sigma.extxyz", "element.extxyz", "fold.extxyz", "train.extxyz", "nan.extxyz", "bare.extxyz", "empty.extxyz", "absent.xml", "absent.json", "fit.json", "soap.json", "active.json", "gap.xml", "no/gap.xml", "no/soap.h5", "soap.h5", "active"];
        var run = CliRun.Of([.. command.Split(' ').Select((word, k) => k > 0 && names.Contains(word) && !(word == "active" && k == 1) ? At(word) : word)]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.ErrorLines[^1]);
        Assert.DoesNotContain("internal error", run.Error);
        Assert.DoesNotContain("   at ", run.Error);
    }

    /// <summary>A program as the oracle: what it answered before it broke is not asked again.</summary>
    [Fact]
    public void ALoopThatWasStoppedKeepsTheAnswers()
    {
        // Answers with what another file has for the same number of the call, and fails on the fifth.
        File.WriteAllText(At("oracle.sh"), $$"""
            n=$(cat {{At("calls")}} 2> /dev/null || echo 0); n=$((n + 1)); echo $n > {{At("calls")}}
            if [ $n = 5 ]; then echo 'license expired' >&2; exit 7; fi
            awk 'NR == 2 { sub("pos:R:3", "&:forces:R:3"); $0 = $0 " energy=-3.5" } NR > 2 { $0 = $0 " 0 0 0" } { print }' $1 > $2
            """);
        string[] command = ["gap", "active", At("train.extxyz"), "--settings", At("active.json"), "--out", At("out"), "--set", $"oracleCommand=sh {At("oracle.sh")} {{in}} {{out}}"];
        var broken = CliRun.Of(command);
        Assert.Equal(4, broken.ExitCode);
        Assert.Contains("status 7 and said: license expired", broken.ErrorLines[^1]);
        Assert.False(File.Exists(Path.Combine(At("out"), "active.json")));
        var again = CliRun.Of(command);
        Assert.True(again.ExitCode == 0, again.Error);
        Assert.Contains("labels.extxyz has 4 of its answers", again.Error);
        var labelled = StructureFile.ReadFrames(Path.Combine(At("out"), "labels.extxyz")).Count();
        // One call failed, and none was made twice.
        Assert.Equal(labelled + 1, int.Parse(File.ReadAllText(At("calls")), System.Globalization.CultureInfo.InvariantCulture));
        Assert.True(File.Exists(Path.Combine(At("out"), "active.json")));
    }

    /// <summary>A result stays until there is another one that was asked for; only the very same computation goes on in a folder.</summary>
    [Fact]
    public void AResultIsNotLost()
    {
        string[] Choose(string trajectory, params string[] more) => ["gap", "active", At(trajectory), "--settings", At("active.json"), "--out", At("out"), .. more];
        string Written(string name) => Path.Combine(At("out"), name);
        void Refuse(string expected, int code, params string[] command)
        {
            var (record, potential) = (File.ReadAllText(Written("active.json")), File.ReadAllText(Written("gap.xml")));
            var run = CliRun.Of(command);
            Assert.Equal(code, run.ExitCode);
            Assert.Contains(expected, run.ErrorLines[^1]);
            Assert.Equal((record, potential), (File.ReadAllText(Written("active.json")), File.ReadAllText(Written("gap.xml"))));
        }
        StructureFile.Write(At("bare.extxyz"), Frames.Value.Select(f => new Configuration { Box = f.Box, SpeciesTable = f.SpeciesTable, Species = f.Species, Positions = f.Positions }));
        var first = CliRun.Of(Choose("train.extxyz"));
        Assert.True(first.ExitCode == 0, first.Error);
        Assert.Equal("done", (string?)JsonNode.Parse(File.ReadAllText(Written("run.json")))!["state"]);
        Refuse("holds a finished result (active.json); choose another with --out FOLDER, or discard it, but for labels.extxyz, with --overwrite", 2, Choose("train.extxyz"));
        Refuse("no energy and there is no oracle", 2, Choose("bare.extxyz", "--overwrite"));
        Refuse("is read by the same command", 2, "gap", "active", Written("train.extxyz"), "--settings", At("active.json"), "--out", At("out"), "--overwrite");

        // As if it had been killed before its end.
        File.Delete(Written("active.json"));
        var other = CliRun.Of(Choose("train.extxyz", "--set", "seed=2"));
        Assert.Equal(2, other.ExitCode);
        Assert.Contains("another computation", Assert.Single(other.ErrorLines));
        Assert.Equal(0, CliRun.Of(Choose("train.extxyz")).ExitCode);
        File.WriteAllText(Written("labels.extxyz"), "");
        File.WriteAllText(Written("old"), "");
        var discarded = CliRun.Of(Choose("train.extxyz", "--set", "seed=2", "--overwrite"));
        Assert.True(discarded.ExitCode == 0, discarded.Error);
        Assert.True(File.Exists(Written("labels.extxyz")) && File.Exists(Written("active.json")) && !File.Exists(Written("old")));
        Assert.Equal(2, Directory.GetFiles(At("out"), "*.sparseX.*").Length);
    }

    /// <summary>A folder of another kind of run keeps what it has.</summary>
    [Theory]
    [InlineData("gap active train.extxyz --settings active.json", "report.html", "holds files but no run.json")]
    [InlineData("gap active train.extxyz --settings active.json", "run.json", "another computation")]
    [InlineData("gap study study.json", "report.html", "holds files but no trajectory")]
    public void AFolderOfAnotherRunIsRefused(string command, string file, string expected)
    {
        File.Copy(Path.Combine(Cells.Root, "examples", "lj-melt.json"), At("run.json"));
        File.WriteAllText(At("study.json"), """{ "trajectory": "run.json", "active": "active.json", "production": "run.json" }""");
        Directory.CreateDirectory(At("other"));
        var path = Path.Combine(At("other"), file);
        File.WriteAllText(path, "{}");
        var run = CliRun.Of([.. command.Split(' ').Select((word, k) => k > 1 && !word.StartsWith('-') ? At(word) : word), "--out", At("other")]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.ErrorLines[^1]);
        Assert.Equal("{}", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(At("other")));
    }

    /// <summary>Both tolerances count, the exit code says so, and the potential knows every frame that was labelled.</summary>
    [Fact]
    public void AToleranceThatIsNotReachedIsAFinding()
    {
        string[] explore =
        [
            "gap", "active", At("train.extxyz"), "--settings", At("active.json"), "--set", $"oraclePotential={Potential}",
            "--set", """exploration={"temperature":600,"steps":40,"every":10,"picks":2,"rounds":1,"tolerance":0.0001}""", "--json",
        ];
        var open = CliRun.Of([.. explore, "--out", At("open")]);
        Assert.Equal(1, open.ExitCode);
        var record = JsonNode.Parse(open.Output)!;
        Assert.Equal((false, true, false), ((bool)record["converged"]!, (bool)record["searchConverged"]!, (bool)record["explorationConverged"]!));
        var warning = Assert.Single(open.ErrorLines, line => line.Contains("warning: "));
        Assert.Contains(FormattableString.Invariant($"is {(double)record["explorationDeviations"]![0]!:G4} of delta, expected a whole run with 0.0001 or less"), warning);
        Assert.Contains("use more exploration.rounds or a larger exploration.tolerance", warning);
        Assert.Contains("exploration: the largest deviation", File.ReadAllText(Path.Combine(At("open"), "report.html")));
        var fitted = StructureFile.ReadFrames(Path.Combine(At("open"), "train.extxyz")).Count();
        Assert.Equal(fitted, (int)record["train"]!);
        Assert.Contains($"\"frames\":{fitted},", File.ReadAllText(Path.Combine(At("open"), "gap.xml")));

        var sure = CliRun.Of([.. explore, "--out", At("sure"), "--set", "exploration.tolerance=1.1"]);
        Assert.True(sure.ExitCode == 0, sure.Error);
        record = JsonNode.Parse(sure.Output)!;
        Assert.True((bool)record["converged"]! && (bool)record["explorationConverged"]!);

        var search = CliRun.Of("gap", "active", At("train.extxyz"), "--settings", At("active.json"), "--out", At("search"), "--set", "tolerance=1e-9");
        Assert.Equal(1, search.ExitCode);
        Assert.Contains("warning: search: the energy error", search.Error);
        Assert.Contains(", not converged; report in", search.Output);
        // Every number of frames, and what was chosen, in all three places.
        record = JsonNode.Parse(File.ReadAllText(Path.Combine(At("search"), "active.json")))!;
        var (width, chosen) = ((int)record["chosenWidth"]!, (int)record["trainOfWidth"]!);
        Assert.Contains($"cutoff 3.50 Å, delta 1 eV, 100 sparse points of each species, n = l = 3, fitted to {chosen} frames, {chosen} of width {width}, ", search.Output);
        var report = File.ReadAllText(Path.Combine(At("search"), "report.html"));
        foreach (var shown in new[] { "<dd>3.50 Å</dd>", "<dd>1 eV</dd>", "<dd>n = l = 3</dd>", $"fitted to {chosen} frames, {chosen} of width {width}.", $"chosen is width {width}, of {chosen} frames" })
        {
            Assert.Contains(shown, report);
        }
        Assert.Contains($"fitted to {fitted} frames, {fitted - 2} of width ", File.ReadAllText(Path.Combine(At("open"), "report.html")));
    }

    /// <summary>A study in small: started again it finds all parts done, and does not take them for what they are not when a file has changed.</summary>
    [SkippableFact]
    public void AStudyGoesOnOnlyWithWhatItBeganWith()
    {
        NeedsHdf5.Check();
        const string run = """
            { "units": "metal", "system": { "crystal": { "structure": "fluorite", "species": ["Hf", "O"], "latticeConstant": 5.1, "cells": [1, 1, 1] } },
              "potential": "potential.json", "initialTemperature": 2000, "timeStep": 0.001, "stages": [ { "name": "a", "steps": 80 } ],
              "output": { "folder": "out", "trajectory": { "every": 2 } },
              "analysis": { "stages": ["a"], "radialDistribution": { "every": 10, "maximum": 2.5, "bins": 20 } } }
            """;
        File.Copy(Potential, At("potential.json"));
        File.WriteAllText(At("small.json"), run);
        File.WriteAllText(At("active.json"), Active.Replace("{ \"min", "{ \"oraclePotential\": \"potential.json\", \"min", StringComparison.Ordinal).Replace("6, \"cutoff\"", "4, \"cutoff\"", StringComparison.Ordinal));
        File.WriteAllText(At("large.json"), run.Replace("[1, 1, 1]", "[2, 1, 1]", StringComparison.Ordinal).Replace("80", "20", StringComparison.Ordinal));
        File.WriteAllText(At("study.json"), """{ "trajectory": "small.json", "active": "active.json", "production": "large.json" }""");
        string[] command = ["gap", "study", At("study.json"), "--out", At("study")];
        var first = CliRun.Of(command);
        Assert.True(first.ExitCode == 0, first.Error);
        var report = File.ReadAllText(Path.Combine(At("study"), "report.html"));
        Assert.True(report.Contains("Hf-O GAP", StringComparison.Ordinal) && report.Contains("Hf-O reference", StringComparison.Ordinal));
        var again = CliRun.Of(command);
        Assert.True(again.ExitCode == 0, again.Error);
        Assert.Equal(4, again.ErrorLines.Count(line => line.EndsWith(" is done", StringComparison.Ordinal)));
        foreach (var (name, part) in new[] { ("large.json", "reference"), ("active.json", "active"), ("potential.json", "trajectory") })
        {
            File.AppendAllText(At(name), " ");
            var refused = CliRun.Of(command);
            Assert.Equal(2, refused.ExitCode);
            Assert.Contains($"{part} is done, but ", refused.ErrorLines[^1]);
            Assert.Contains($"{name} has changed since", refused.ErrorLines[^1]);
        }
    }

    [Fact]
    public void AStopIsNoFailure()
    {
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        var run = CliRun.Of(stopped.Token, "gap", "fit", At("train.extxyz"), "--settings", At("fit.json"), "--out", At("gap.xml"));
        Assert.Equal(130, run.ExitCode);
        Assert.False(File.Exists(At("gap.xml")));
    }

    private string At(string name) => Path.Combine(folder, name);

    private static Configuration Labelled(double latticeConstant, int number)
    {
        var frame = Cells.Fluorite(latticeConstant);
        var random = new Random(number);
        for (var k = 0; k < frame.Positions.Length; k++)
        {
            frame.Positions[k] += 0.15 * (random.NextDouble() - 0.5);
        }
        new PotentialOracle(new FrameEvaluator(PotentialFile.Load(Potential), UnitSystem.Metal, Workers.Single)).Label(frame);
        return frame;
    }
}

using System.Globalization;
using Engine.Core.Gap.Fit;
using Engine.Core.Particles;
using Engine.Core.Soap;
using Engine.IO.Structures;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Memory;
using Engine.Kernels.Native;
using Engine.Kernels.Soap;
using Engine.Kernels.Threading;
using Engine.Tests.Core.Potentials;
using Xunit;

namespace Engine.Tests.Core.Soap;

/// <summary>Descriptors against numbers of QUIP, and what must hold of any descriptor.</summary>
public class SoapTests
{
    private static readonly Species[] Silicon = [new("Si", 28.085)];

    /// <summary>A descriptor of a fit and a file of settings are the same text.</summary>
    [Theory]
    [InlineData("""{ "cutoff": 3, "nMax": 2, "lMax": 2 }""", null)]
    [InlineData("""{ "type": "soap", "cutoff": 3, "nMax": 2, "lMax": 2, "sparsePoints": 7 }""", null)]
    [InlineData("""{ "type": "distance2b", "cutoff": 3 }""", "type is \"distance2b\", expected \"soap\"")]
    [InlineData("""{ "type": 3, "cutoff": 3, "nMax": 2, "lMax": 2 }""", "type is 3, expected \"soap\"")]
    [InlineData("""{ "type": "soap", "cutoff": 3, "nMax": 2, "lMax": 2, "wide": 1 }""", "unknown key \"wide\"")]
    [InlineData("""{ "cutoff": 3, "transitionWidth": 3.1, "nMax": 2, "lMax": 2 }""", "transitionWidth is 3.1 Å, expected at most the cutoff, 3 Å")]
    [InlineData("""{ "cutoff": 3, "nMax": 0, "lMax": 2 }""", "nMax is 0, expected 1 to 64")]
    public void SettingsAreThoseOfADescriptorOfAFit(string text, string? refused)
    {
        using var folder = new ScratchFolder("engine-test-");
        var path = folder.File("soap.json");
        File.WriteAllText(path, text);
        if (refused is null)
        {
            Assert.Equal((3, 2, 2), (SoapInput.ReadFile(path).Cutoff, SoapInput.ReadFile(path).NMax, SoapInput.ReadFile(path).LMax));
        }
        else
        {
            Assert.Contains(refused, Assert.Throws<InputException>(() => SoapInput.ReadFile(path)).Message);
        }
    }

    /// <summary>Two atoms of silicon at 2.3 Å, n_max = l_max = 2: values of QUIP, to the digits it printed.</summary>
    [Fact]
    public void ASiliconDimerHasTheValuesOfQuip()
    {
        var settings = new SoapSettings { Cutoff = 3, LMax = 2, NMax = 2, AtomSigma = 0.5, Normalise = false };
        double[] plain =
        [
            4.4080022215e-03, 2.0261163460e-13, 2.2778628676e-13, 2.7319685931e-04, 2.3547377017e-09, 2.6473156807e-09, 8.4660261257e-06, 1.3683295273e-05,
            1.5383455284e-05, 0,
        ];
        double[] normalised =
        [
            9.9807223288e-01, 4.5875894881e-11, 5.1576010269e-11, 6.1857999540e-02, 5.3316631837e-07, 5.9941264542e-07, 1.9169013930e-03, 3.0982101143e-03,
            3.4831651151e-03, 0,
        ];
        double[] slope =
        [
            -1.21972088e-02, 2.900e-10, 3.292e-10, 1.94194164e-01, 3.37043e-06, 3.82584e-06, 1.20590905e-02, 1.95854551e-02, 2.22317903e-02, 0,
        ];
        var dimer = Cluster(Silicon, [0, 0], [0, 0, 0, 1.1, -1.4, Math.Sqrt(2.3 * 2.3 - 1.1 * 1.1 - 1.4 * 1.4)]);
        Near(plain, Values(settings, dimer, 0), 1e-10, 1e-16);
        settings = settings with { Normalise = true };
        Near(normalised, Values(settings, dimer, 0), 1e-10, 1e-16);
        using var soap = new SoapDescriptors(settings);
        var gradient = soap.Compute(dimer, Workers.Single, gradients: true).Gradients![0];
        var along = Enumerable.Range(0, 10).Select(k => Enumerable.Range(0, 3).Sum(axis => gradient.Rows[axis, k] * dimer.Positions[3 + axis] / 2.3)).ToArray();
        Near(slope, along, 2e-4, 1e-12);
    }

    /// <summary>A centre of hafnium, one neighbour of each species: the order of channels and pairs.</summary>
    [Fact]
    public void TwoSpeciesHaveTheValuesAndTheOrderOfQuip()
    {
        var settings = new SoapSettings { Cutoff = 3, LMax = 1, NMax = 2, AtomSigma = 0.5, Centres = [72], Neighbours = [8, 72] };
        double[] expected =
        [
            1.6470554810e-08, 1.2808796973e-11, 4.2115212745e-06, 1.4886290813e-07, 5.3844304732e-04, 8.6503695322e-04, 1.8093873996e-04, 1.2639734744e-11,
            3.2715030840e-02, 1.0387262793e-07, 9.9385928392e-01, 1.3380299078e-10, 1.3534226430e-05, 1.0387262793e-07, 2.4470858764e-03, 8.5361940356e-04,
            1.0513365746e-01, 1.5550486408e-06, 5.5606895811e-03, 9.0363311806e-03, 0,
        ];
        var cluster = Cluster(Cells.HafniumOxygen, [0, 1, 0], [0, 0, 0, 0.5, 1.0, 1.8, 2.4, -0.6, 0.3]);
        using var soap = new SoapDescriptors(settings);
        var frame = soap.Compute(cluster, Workers.Single);
        Assert.Equal([0, 2], frame.Centres);
        Near(expected, Row(frame, 0), 1e-10, 1e-17);
    }

    /// <summary>32 atoms of a silicon cell, n_max = l_max = 8: every component that QUIP printed, to its last digit.</summary>
    [SkippableFact]
    public void SiliconHasTheValuesOfQuip()
    {
        var (frame, reference) = (Cells.SharedFile("gap/quip_si/si_64.xyz"), Cells.SharedFile("gap/quip_si/soap_si_64_n8l8.txt"));
        Skip.If(frame is null || reference is null, "reference data ../shared/data/gap absent");
        var settings = new SoapSettings { Cutoff = 5.4, LMax = 8, NMax = 8, AtomSigma = 0.5, Centres = [14], Neighbours = [14] };
        using var soap = new SoapDescriptors(settings);
        var found = soap.Compute(StructureFile.Read(frame), Workers.Single);
        var lines = File.ReadLines(reference).Where(line => !line.StartsWith('#')).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        Assert.Equal(32, lines.Length);
        foreach (var line in lines)
        {
            Assert.Equal(settings.Length + 1, line.Length);
            // Twelve decimals.
            Near([.. line.Skip(1).Select(v => double.Parse(v, CultureInfo.InvariantCulture))], Row(found, int.Parse(line[0], CultureInfo.InvariantCulture) - 1), 0, 1e-12);
        }
    }

    [Theory]
    [InlineData(true, false, 1_426_512_068)]
    [InlineData(false, false, 1_426_512_068)]
    [InlineData(true, true, 1_426_512_068)]
    [InlineData(true, false, 0)]
    public void GradientsAreTheSlopesOfTheValues(bool normalise, bool diagonal, int version)
    {
        var settings = new SoapSettings
        {
            Cutoff = 3.6,
            TransitionWidth = 0.8,
            LMax = 5,
            NMax = 4,
            AtomSigma = 0.45,
            Neighbours = [8, 72],
            Normalise = normalise,
            DiagonalRadial = diagonal,
            Version = version,
        };
        var start = Cells.Strained(Cells.Fluorite(5.1, 1, shake: 0.3), 0.02, -0.01, 0, 0.05, -0.03, 0.02);
        using var soap = new SoapDescriptors(settings);
        var frame = soap.Compute(start, Workers.Single, gradients: true);
        // The same a few centres at a time.
        var parts = soap.ComputeParts(start, Workers.Single, gradients: true, most: 5).ToArray();
        Assert.Equal(3, parts.Length);
        Assert.Equal(frame.Values.Cast<double>(), parts.SelectMany(p => p.Values.Cast<double>()));
        Assert.Equal(frame.Gradients!.SelectMany(g => g.Rows.Cast<double>()), parts.SelectMany(p => p.Gradients!).SelectMany(g => g.Rows.Cast<double>()));
        const double step = 1e-4;
        foreach (var (particle, axis) in new[] { (0, 0), (5, 1), (7, 2), (11, 0) })
        {
            var at = new double[4][,];
            foreach (var (k, offset) in new[] { (0, -2), (1, -1), (2, 1), (3, 2) })
            {
                var moved = (double[])start.Positions.Clone();
                moved[3 * particle + axis] += offset * step;
                at[k] = soap.Compute(Copy(start, moved), Workers.Single).Values;
            }
            for (var centre = 0; centre < start.Count; centre++)
            {
                var gradient = frame.Gradients![centre];
                for (var k = 0; k < settings.Length; k++)
                {
                    var analytic = Enumerable.Range(0, gradient.Particles.Length).Where(j => gradient.Particles[j] == particle).Sum(j => gradient.Rows[3 * j + axis, k]);
                    var numeric = (8 * (at[2][centre, k] - at[1][centre, k]) - (at[3][centre, k] - at[0][centre, k])) / (12 * step);
                    // Rounding of values 1e-16 over a step of 1e-4; the fourth-order formula leaves less.
                    Assert.Equal(numeric, analytic, 1e-10);
                }
            }
        }
    }

    /// <summary>Rotations, reflections of the order of particles and shifts by any vector change no digit that counts.</summary>
    [Fact]
    public void DescriptorsAreInvariant()
    {
        var settings = new SoapSettings { Cutoff = 4.2, LMax = 6, NMax = 6, AtomSigma = 0.5, Neighbours = [8, 72] };
        var positions = Cells.Fluorite(5.1, 1, shake: 0.4).Positions;
        var cluster = Cluster(Cells.HafniumOxygen, [.. Cells.Fluorite(5.1).Species], positions);
        var (c, s) = (Math.Cos(0.7), Math.Sin(0.7));
        var turned = (double[])positions.Clone();
        for (var i = 0; i < cluster.Count; i++)
        {
            var r = cluster.Position(i);
            var (x, y, z) = (c * r.X - s * r.Y, s * r.X + c * r.Y, r.Z);
            (turned[3 * i], turned[3 * i + 1], turned[3 * i + 2]) = (x + 11, c * y - s * z - 3, s * y + c * z + 5);
        }
        using var soap = new SoapDescriptors(settings);
        var (a, b) = (soap.Compute(cluster, Workers.Single).Values, soap.Compute(Cluster(Cells.HafniumOxygen, cluster.Species, turned), Workers.Single).Values);
        Near([.. a.Cast<double>()], [.. b.Cast<double>()], 0, 1e-12);

        // In a periodic cell smaller than twice the cutoff: particles in another order, wrapped elsewhere, and two cells for one.
        var cell = Cells.Strained(Cells.Fluorite(5.1, 1, shake: 0.3), 0.02, -0.01, 0, 0.05, -0.03, 0.02);
        var shifted = Copy(cell, [.. cell.Positions.Select((v, k) => v + (k % 3 == 0 ? 1.7 : -9.2))]);
        Array.Reverse(shifted.Species);
        for (var i = 0; i < cell.Count; i++)
        {
            shifted.Positions.AsSpan(3 * i, 3).CopyTo(turned.AsSpan(3 * (cell.Count - 1 - i), 3));
        }
        turned.CopyTo(shifted.Positions, 0);
        (a, b) = (soap.Compute(cell, Workers.Single).Values, soap.Compute(shifted, Workers.Single).Values);
        for (var i = 0; i < cell.Count; i++)
        {
            for (var k = 0; k < settings.Length; k++)
            {
                Assert.Equal(a[i, k], b[cell.Count - 1 - i, k], 1e-12);
            }
        }
        var doubled = soap.Compute(Engine.Core.Builders.Supercell.Build(cell, 2, 1, 1), Workers.Single).Values;
        Assert.Equal(2 * a.GetLength(0), doubled.GetLength(0));
        var pairs = Enumerable.Range(0, a.GetLength(0)).Count(i => Enumerable.Range(0, doubled.GetLength(0)).Count(
            j => Enumerable.Range(0, settings.Length).Max(k => Math.Abs(a[i, k] - doubled[j, k])) < 1e-12) == 2);
        Assert.Equal(a.GetLength(0), pairs);
    }

    [Fact]
    public void BothWidthsOfRegistersAgreeAndThreadsChangeNoBit()
    {
        var settings = new SoapSettings { Cutoff = 4.2, LMax = 6, NMax = 10, AtomSigma = 0.5, Neighbours = [8, 72] };
        var cell = Cells.Fluorite(5.1, 2, shake: 0.3);
        using var soap = new SoapDescriptors(settings);
        using var workers = new Workers(3);
        var single = soap.Compute(cell, Workers.Single).Values;
        Assert.Equal(single, soap.Compute(cell, workers).Values);

        // The same sums, whose lanes are added in another order.
        using var neighbours = new Neighbourhood();
        for (var j = 1; j < 12; j++)
        {
            var r = cell.Position(j) - cell.Position(0);
            neighbours.Add(r.X, r.Y, r.Z, r.Length, j % 2, j);
        }
        neighbours.Complete();
        var (narrow, wide) = (Everything(settings, neighbours, wide: false), Everything(settings, neighbours, wide: true));
        Near(narrow, wide, 1e-12, 1e-14);
    }

    /// <summary>Descriptor and forces of a neighbourhood, by registers of one width.</summary>
    private static unsafe double[] Everything(SoapSettings settings, Neighbourhood neighbours, bool wide)
    {
        using var kernels = SoapKernels.Create(settings, wide);
        using var scratch = new SoapScratch(kernels);
        using var c = new AlignedBuffer<double>(kernels.CoefficientLength);
        using var b = new AlignedBuffer<double>(kernels.CoefficientLength);
        var (p, forces) = (new double[settings.Length], new double[3 * neighbours.Count]);
        kernels.Expand(neighbours, 0, scratch, c.Pointer);
        var norm = kernels.PowerSpectrum(c.Pointer, scratch, p);
        kernels.Adjoint(c.Pointer, p, norm, [.. Enumerable.Range(0, settings.Length).Select(k => Math.Sin(k))], scratch, b.Pointer);
        kernels.Backward(neighbours, b.Pointer, scratch, forces);

        // The way back against the derivative of the descriptor itself.
        using var jacobian = new AlignedBuffer<double>(3 * (neighbours.Count + 1) * settings.Length);
        kernels.Jacobian(neighbours, c.Pointer, p, norm, scratch, jacobian.Pointer);
        for (var row = 0; row < forces.Length; row++)
        {
            var sum = 0.0;
            for (var k = 0; k < settings.Length; k++)
            {
                sum += Math.Sin(k) * jacobian[row * settings.Length + k];
            }
            Assert.Equal(sum, forces[row], 1e-12);
        }
        return [.. p, .. forces];
    }

    [Fact]
    public void TheAverageOfEqualCentresIsTheirOwn()
    {
        var settings = new SoapSettings { Cutoff = 4.2, LMax = 4, NMax = 4, AtomSigma = 0.5, Centres = [72], Neighbours = [8, 72] };
        using var soap = new SoapDescriptors(settings);
        var crystal = Cells.Fluorite(5.1);
        Near(Row(soap.Compute(crystal, Workers.Single), 0), soap.ComputeAverage(crystal), 0, 1e-12);
        Assert.Contains("none of the centres 72", Assert.Throws<InputException>(() => soap.ComputeAverage(Cluster(Silicon, [0], [0, 0, 0]))).Message);
    }

    [Fact]
    public void WhatMakesNoDescriptorIsSaidInOneLine()
    {
        var settings = new SoapSettings { Cutoff = 5, LMax = 4, NMax = 30, AtomSigma = 0.8 };
        Assert.Contains("told apart", Assert.Throws<InputException>(() => new SoapDescriptors(settings)).Message);
        Assert.Contains("atom_sigma is 0", Assert.Throws<InputException>(() => new SoapDescriptors(settings with { AtomSigma = 0 })).Message);
        Assert.Contains("name one twice", Assert.Throws<InputException>(() => new SoapDescriptors(settings with { Neighbours = [8, 8] })).Message);
        using var soap = new SoapDescriptors(settings with { NMax = 4 });
        Assert.Contains("no chemical element", Assert.Throws<InputException>(() => soap.Compute(Cluster(Cells.OneKind, [0], [0, 0, 0]), Workers.Single)).Message);
        Assert.Contains("at the same place", Assert.Throws<InputException>(() => soap.Compute(Cluster(Silicon, [0, 0], new double[6]), Workers.Single)).Message);
    }

    /// <summary>Bessel functions of small and large arguments against their series and their closed form.</summary>
    [Fact]
    public void BesselFunctionsAreExact()
    {
        var values = new double[13];
        foreach (var x in new[] { 1e-8, 0.01, 0.7, 3, 20, 180.0, 2000 })
        {
            SphericalBessel.ScaledModified(x, values);
            var closed = Math.Exp(-x) * (Math.Cosh(x) - Math.Sinh(x) / x) / x;
            if (x > 0.5 && x < 100)
            {
                Assert.Equal(closed, values[1], 1e-14 * values[0]);
            }
            if (x > 10)
            {
                // Up to e^(−2x): i_0 e^(−x) = 1/2x, i_1 e^(−x) = (1 − 1/x)/2x.
                Assert.Equal(0.5 / x, values[0], 1e-15);
                Assert.Equal(0.5 * (1 - 1 / x) / x, values[1], 1e-15);
            }
            for (var l = 0; l <= 12 && x < 4; l++)
            {
                // x^l/(2l+1)!! Σ_k (x²/2)^k / (k! (2l+3)(2l+5)…)
                var term = Math.Exp(-x);
                for (var k = 1; k <= l; k++)
                {
                    term *= x / (2 * k + 1);
                }
                var sum = 0.0;
                for (var k = 1; k < 60; k++)
                {
                    sum += term;
                    term *= 0.5 * x * x / (k * (2 * l + 2 * k + 1));
                }
                Assert.Equal(sum, values[l], 1e-14 * sum + 1e-300);
            }
        }
    }

    private static double[] Values(SoapSettings settings, Configuration frame, int centre)
    {
        using var soap = new SoapDescriptors(settings);
        return Row(soap.Compute(frame, Workers.Single), centre);
    }

    private static double[] Row(SoapFrame frame, int row) => [.. Enumerable.Range(0, frame.Values.GetLength(1)).Select(k => frame.Values[row, k])];

    private static void Near(double[] expected, double[] actual, double relative, double absolute)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var k = 0; k < expected.Length; k++)
        {
            Assert.True(
                Math.Abs(expected[k] - actual[k]) <= relative * Math.Abs(expected[k]) + absolute,
                FormattableString.Invariant($"component {k}: expected {expected[k]:R}, found {actual[k]:R}"));
        }
    }

    private static Configuration Cluster(Species[] table, int[] species, double[] positions) => new()
    {
        Box = Box.Cubic(40) with { PeriodicX = false, PeriodicY = false, PeriodicZ = false },
        SpeciesTable = table,
        Species = (int[])species.Clone(),
        Positions = (double[])positions.Clone(),
    };

    private static Configuration Copy(Configuration frame, double[] positions) =>
        new() { Box = frame.Box, SpeciesTable = frame.SpeciesTable, Species = (int[])frame.Species.Clone(), Positions = positions };
}

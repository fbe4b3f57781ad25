using System.Globalization;
using Engine.Core.Particles;
using Engine.Core.Soap;
using Engine.IO.Structures;
using Engine.Kernels.Errors;
using Engine.Kernels.Soap;
using Engine.Kernels.Threading;
using Engine.Tests.Core.Potentials;
using Engine.Tests.Kernels.Devices;
using Xunit;

namespace Engine.Tests.Core.Soap;

/// <summary>Descriptors on a device: the values of QUIP and of the processor.</summary>
[Collection("device")]
public class DeviceSoapTests
{
    /// <summary>Positions are rounded to 2⁻³² of cells of 10 to 80 Å, 2e-8 Å at most, and components change by less than their own size over an angstrom.</summary>
    private const double Tolerance = 1e-8;

    public static TheoryData<string> Kinds => TestDevices.Kinds;

    /// <summary>32 atoms of a silicon cell, n_max = l_max = 8.</summary>
    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void SiliconHasTheValuesOfQuip(string kind)
    {
        var device = TestDevices.Get(kind);
        var (frame, reference) = (Cells.SharedFile("gap/quip_si/si_64.xyz"), Cells.SharedFile("gap/quip_si/soap_si_64_n8l8.txt"));
        Skip.If(frame is null || reference is null, "reference data ../shared/data/gap absent");
        var settings = new SoapSettings { Cutoff = 5.4, LMax = 8, NMax = 8, AtomSigma = 0.5, Centres = [14], Neighbours = [14] };
        using var soap = new SoapDescriptors(settings);
        var found = soap.ComputeOn(StructureFile.Read(frame), device).Single();
        foreach (var line in File.ReadLines(reference).Where(line => !line.StartsWith('#')).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            var row = int.Parse(line[0], CultureInfo.InvariantCulture) - 1;
            for (var k = 0; k < settings.Length; k++)
            {
                Assert.Equal(double.Parse(line[k + 1], CultureInfo.InvariantCulture), found.Values[row, k], Tolerance);
            }
        }
    }

    /// <summary>Two species in a tilted cell, a film and a cluster, some centres at a time: rows in the order of the particles.</summary>
    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void ValuesEqualTheProcessors(string kind)
    {
        var device = TestDevices.Get(kind);
        var cell = Cells.Fluorite(5.1, 2, shake: 0.3);
        var settings = new SoapSettings { Cutoff = 4.1, LMax = 4, NMax = 4, AtomSigma = 0.5, Centres = [72, 8], Neighbours = [8, 72], CovarianceSigma0 = 0.1, TransitionWidth = 0.7 };
        Compare(Cells.Strained(cell, 0.02, -0.01, 0, 0.05, -0.03, 0.02), settings);
        cell.Box = cell.Box with { PeriodicZ = false };
        Compare(cell, settings with { Centres = [8] });
        cell.Box = cell.Box with { PeriodicX = false, PeriodicY = false };
        Compare(cell, settings with { Normalise = false });

        void Compare(Configuration frame, SoapSettings these)
        {
            using var soap = new SoapDescriptors(these);
            var expected = soap.Compute(frame, Workers.Single);
            var parts = soap.ComputeOn(frame, device, most: 30).ToArray();
            Assert.Equal((expected.Centres.Length + 29) / 30, parts.Length);
            Assert.Equal(expected.Centres, parts.SelectMany(part => part.Centres));
            var largest = expected.Values.Cast<double>().Max(Math.Abs);
            Assert.All(expected.Values.Cast<double>().Zip(parts.SelectMany(part => part.Values.Cast<double>())), pair => Assert.Equal(pair.First, pair.Second, Tolerance * largest));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void WhatHasNoDescriptorIsSaidInOneLine(string kind)
    {
        var device = TestDevices.Get(kind);
        var cell = Cells.Fluorite(5.1, 2);
        var settings = new SoapSettings { Cutoff = 4.1, LMax = 4, NMax = 4, AtomSigma = 0.5, Centres = [14], Neighbours = [8, 72] };
        using (var soap = new SoapDescriptors(settings))
        {
            Assert.Empty(soap.ComputeOn(cell, device));
        }
        using (var soap = new SoapDescriptors(settings with { Cutoff = 5.11, Centres = [8] }))
        {
            Assert.Contains("is 10.2 Angstrom wide", Assert.Throws<InputException>(() => soap.ComputeOn(cell, device).ToArray()).Message);
        }
        cell.Positions.AsSpan(0, 3).CopyTo(cell.Positions.AsSpan(3 * 50));
        foreach (var (normalise, lMax) in new[] { (true, 4), (false, 4), (true, 0), (false, 0) })
        {
            using var soap = new SoapDescriptors(settings with { Centres = [72], Normalise = normalise, LMax = lMax });
            Assert.Contains("at the place of particle 0, expected", Assert.Throws<InputException>(() => soap.ComputeOn(cell, device).ToArray()).Message);
        }
    }
}

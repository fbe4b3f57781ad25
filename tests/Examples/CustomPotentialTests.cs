using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Engine.Kernels.Devices;
using Engine.Tests.Core.Potentials;
using Xunit;

namespace Engine.Tests.Examples;

/// <summary>The example that adds a potential of one's own.</summary>
[Collection("device")]
public partial class CustomPotentialTests
{
    [Fact]
    public void ItRunsOnEveryDeviceWithTheSameEnergies()
    {
        // In a process of its own: other tests write to this one's output.
        var program = Path.Combine(AppContext.BaseDirectory, "custom-potential.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", ["exec", program]) { RedirectStandardOutput = true })!;
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        Assert.Equal(DeviceCensus.Take().Devices.Select(d => d.Address), lines.Select(l => l[..l.IndexOf(": ", StringComparison.Ordinal)]));
        var energies = lines.Select(l => Numbers().Matches(l).Select(m => double.Parse(m.Value, CultureInfo.InvariantCulture)).ToArray()).ToArray();
        foreach (var (first, last) in energies.Select(e => (e[0], e[1])))
        {
            // Floats: 1e-6 of an energy of 0.4; the integrator moves the energy by its square of the time step, the same everywhere.
            Assert.Equal(energies[0][0], first, 2e-6);
            Assert.Equal(energies[0][1], last, 1e-5);
            Assert.Equal(first, last, 1e-3);
        }
    }

    [Fact]
    public void ThePotentialTakesFewerThanFifteenLines()
    {
        var lines = File.ReadAllLines(Path.Combine(Cells.Root, "examples", "custom-potential", "GaussianCore.cs"));
        Assert.InRange(lines.Count(l => l.Trim().Length > 0), 1, 14);
    }

    [GeneratedRegex(@"-?\d+\.\d{6}")]
    private static partial Regex Numbers();
}

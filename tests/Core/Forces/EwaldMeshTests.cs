using Engine.Core.Forces;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Units;
using Engine.Kernels.Geometry;
using Engine.Kernels.Threading;
using Engine.Tests.Core.Potentials;
using Xunit;

namespace Engine.Tests.Core.Forces;

public class EwaldMeshTests
{
    private static readonly UnitSystem Plain = UnitSystem.Metal with { Coulomb = 1 };

    public static readonly TheoryData<double, bool> Accuracies = new() { { 1e-2, false }, { 1e-4, false }, { 1e-4, true }, { 1e-6, true }, { 1e-8, false }, { 1e-10, true } };

    /// <summary>A mesh is as far from all wave vectors as the wave vectors up to the cutoff are; both errors are estimates for charges anywhere, and these are not.</summary>
    [Theory]
    [MemberData(nameof(Accuracies))]
    public void ForcesAreAsAccurateAsThoseOfTheSum(double accuracy, bool tilted)
    {
        var cell = Cell(2, tilted);
        var exact = Reciprocal(cell, Model(1e-13, EwaldMethod.Sum, g: Splitting(accuracy)), Workers.Single);
        var sum = Reciprocal(cell, Model(accuracy, EwaldMethod.Sum), Workers.Single);
        var mesh = Reciprocal(cell, Model(accuracy, EwaldMethod.Mesh), Workers.Single);
        double Error(double[] forces) => Math.Sqrt(exact.Forces.Zip(forces, (a, b) => (a - b) * (a - b)).Average());
        var rms = Math.Sqrt(exact.Forces.Select(f => f * f).Average());
        var text = $"{accuracy} {tilted}: rms {rms:g3} sum {Error(sum.Forces):g3} mesh {Error(mesh.Forces):g3} energy {exact.Energy:g8} sum {sum.Energy - exact.Energy:g3} mesh {mesh.Energy - exact.Energy:g3} virial {(mesh.Virial - exact.Virial).Trace:g3}";
        Console.WriteLine(text);
        Assert.InRange(Error(mesh.Forces), 0, 3 * Error(sum.Forces));
    }

    private static double Splitting(double accuracy) => Math.Sqrt(-Math.Log(accuracy)) / 6;

    private static Configuration Cell(int n, bool tilted)
    {
        var cell = Cells.Fluorite(5.1, n, 0.2);
        return tilted ? Cells.Strained(cell, 0.01, -0.02, 0.03, 0.4, -0.35, 0.3) : cell;
    }

    private static PotentialModel Model(double accuracy, EwaldMethod method, double? g = null)
    {
        var split = g ?? Splitting(accuracy);
        var k = 2 * split * Math.Sqrt(-Math.Log(accuracy));
        return Cells.Model(
            Cells.HafniaJson(4, -2, FormattableString.Invariant(
                $$"""{ "type": "ewald", "cutoff": 6, "splitting": {{split}}, "reciprocalCutoff": {{k}}, "method": "{{method.ToString().ToLowerInvariant()}}" }""")),
            units: Plain);
    }

    private static (double Energy, SymmetricTensor Virial, double[] Forces) Reciprocal(Configuration cell, PotentialModel model, Workers workers)
    {
        var system = Cells.Slots(cell);
        var sums = model.ForceTerms.Single().Add(system, workers, true, allowOverlap: false);
        var forces = new double[3 * cell.Count];
        for (var slot = 0; slot < system.SlotCount; slot++)
        {
            var id = system.Id[slot];
            if (id >= 0)
            {
                (forces[3 * id], forces[3 * id + 1], forces[3 * id + 2]) = (system.FX[slot], system.FY[slot], system.FZ[slot]);
            }
        }
        return (sums.Energy, sums.Virial, forces);
    }
}

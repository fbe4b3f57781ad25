using Engine.Kernels.Numerics;
using Engine.Kernels.Pair;
using Xunit;

namespace Engine.Tests.Core.Potentials;

/// <summary>The same formula in lanes of float and of double against the double oracle.</summary>
public class VectorLaneTests
{
    [Theory]
    [MemberData(nameof(PairFormulaTests.Kinds), MemberType = typeof(PairFormulaTests))]
    public void LanesMatchTheOracle(object potential) => typeof(VectorLaneTests)
        .GetMethod(nameof(Compare), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
        .MakeGenericMethod(potential.GetType()).Invoke(null, [potential]);

    private static unsafe void Compare<T>(T potential)
        where T : struct, IPairPotential<T>
    {
        var floats = stackalloc float[8];
        var doubles = stackalloc double[8];
        float* energy = stackalloc float[8], force = stackalloc float[8], forceAlone = stackalloc float[8];
        double* energyDouble = stackalloc double[8], forceDouble = stackalloc double[8];
        for (var batch = 0; batch < 12; batch++)
        {
            for (var lane = 0; lane < 8; lane++)
            {
                floats[lane] = (float)Math.Pow(potential.Cutoff * (0.25 + 0.74 * (8 * batch + lane) / 96.0), 2);
                doubles[lane] = floats[lane];
            }
            var single = T.EnergyAndForce(in potential, Vector8.Load(floats));
            var alone = T.ForceOverDistance(in potential, Vector8.Load(floats));
            var twice = T.EnergyAndForce(in potential, Vector8Double.Load(doubles));
            Vector8.Store(energy, single.Energy);
            Vector8.Store(force, single.ForceOverDistance);
            Vector8.Store(forceAlone, alone);
            Vector8Double.Store(energyDouble, twice.Energy);
            Vector8Double.Store(forceDouble, twice.ForceOverDistance);
            for (var lane = 0; lane < 8; lane++)
            {
                var x = (double)floats[lane];
                var exact = T.EnergyAndForce(in potential, new Real(x));
                var slope = Math.Abs(exact.ForceOverDistance.Value) * x;
                var steep = Math.Abs(T.EnergyAndForce(in potential, Dual<Real>.Variable(new(x))).ForceOverDistance.Derivative.Value) * x;
                // Terms that cancel: the shifts are of the size of the energy at a tenth of the cutoff.
                var scale = Math.Abs(exact.Energy.Value) + slope + 20 / potential.Cutoff;
                var forceScale = Math.Abs(exact.ForceOverDistance.Value) + steep + 5 / Math.Pow(potential.Cutoff, 3);
                // Float: 6e-8 per operation, exponents up to 40 multiply it; double lanes: 1e-16 likewise.
                Cells.Near(exact.Energy.Value, energy[lane], 0, 5e-6 * scale);
                Cells.Near(exact.ForceOverDistance.Value, force[lane], 0, 5e-6 * forceScale);
                Cells.Near(exact.ForceOverDistance.Value, forceAlone[lane], 0, 5e-6 * forceScale);
                Cells.Near(exact.Energy.Value, energyDouble[lane], 0, 1e-12 * scale);
                Cells.Near(exact.ForceOverDistance.Value, forceDouble[lane], 0, 1e-12 * forceScale);
            }
        }
    }
}

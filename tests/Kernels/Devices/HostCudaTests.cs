using Engine.Core.Builders;
using Engine.Core.Input;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Simulations;
using Engine.Core.Units;
using Engine.Kernels.Geometry;
using Engine.Kernels.Langevin;
using Engine.Kernels.Threading;
using Engine.Learn.Ntk;
using Engine.Perf;
using Engine.Perf.Devices;
using Engine.Tests.Core.Gap;
using Engine.Tests.Core.Potentials;
using Engine.Tests.Core.Simulations;
using Engine.Tests.Kernels.Neighbours;
using Engine.Tests.Kernels.Ntk;
using Engine.Tests.Learn.Ntk;
using Xunit;

namespace Engine.Tests.Kernels.Devices;

/// <summary>
/// What kernel texts say to CUDA alone, run on the processor: sums by shuffles, tables in local memory. No bit may hang on the order in which threads of a group come to a barrier, or on that of
/// groups: else there is a race. Vectors are read where they may lie.
/// </summary>
public class HostCudaTests
{
    [SkippableTheory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(32)]
    public void DynamicsHaveNoRaces(int lanes)
    {
        var (liquid, model) = DeviceDynamicsTests.Liquid(500);
        InAnyOrder(device =>
        {
            using var motion = TestDevices.Session(device).Motion(liquid, model, lanes: lanes);
            motion.Prepare();
            AssertForces(motion, liquid, model);
            Assert.Equal(25, motion.Advance(new(new LangevinInput { Friction = 1 }, 0.004, _ => 1.5), 0, 0, 25));
            motion.Kinetics.Map(motion.Lag, TriangularMap.Identity, new Vector3d(0.1, 0, 0));
            return [motion.Particles.Positions.ToArray(), motion.Particles.Velocities.ToArray(), .. Sums(motion), motion.CountPairs(2, 20), Numbers(motion.Kinetics.Drift())];
        });
    }

    /// <summary>Each group copies the tables of the forces.</summary>
    [SkippableFact]
    public void TablesLieInLocalMemory()
    {
        var crystal = Cells.Fluorite(5.1, 4, shake: 0.2);
        var model = MdSetup.Potential(MdModel.HafniaDampedShiftedForce, crystal.SpeciesTable);
        InAnyOrder(device =>
        {
            using var motion = TestDevices.Session(device).Motion(crystal, model, lanes: 4);
            Assert.Equal(12, motion.Advance(new(new VelocityVerletInput(), 1e-3, _ => 1), 0, 0, 12));
            Assert.All(
                device.Texts.Where(text => text.Contains("#define FORCE_GROUP", StringComparison.Ordinal)),
                text => Assert.Matches("#define STAGED_TABLES [1-9]", text));
            AssertForces(motion, DeviceSession.Frame(motion, crystal, model), model);
            return [motion.Particles.Positions.ToArray(), motion.Particles.Forces.ToArray(), .. Sums(motion)];
        });
    }

    [SkippableTheory]
    [InlineData("sum")]
    [InlineData("mesh")]
    public void EwaldSumsHaveNoRaces(string method)
    {
        var crystal = Cells.Fluorite(5.1, 2, shake: 0.1);
        var model = Cells.Model(Cells.HafniaJson(
            2.4, -1.2,
            """{ "type": "buckingham", "cutoff": 4.5, "guard": true, "pairs": { "Hf-O": {"A":16800,"rho":0.226627,"C":127.65}, "O-O": {"A":2029.2204,"rho":0.34364,"C":192.58} } }""",
            $$"""{ "type": "ewald", "cutoff": 4.5, "accuracy": 1e-5, "method": "{{method}}" }"""));
        InAnyOrder(device =>
        {
            using var motion = TestDevices.Session(device).Motion(crystal, model, lanes: 4);
            Assert.Equal(12, motion.Advance(new(new VelocityVerletInput(), 1e-4, _ => 1), 0, 0, 12));
            return [motion.Particles.Positions.ToArray(), motion.Particles.Forces.ToArray(), .. Sums(motion)];
        });
    }

    [SkippableFact]
    public void DescriptorsHaveNoRaces()
    {
        var crystal = Supercell.Build(Cells.Fluorite(5.1, 1, shake: 0.3), 2, 2, 2);
        var model = PotentialModel.Build(PotentialFile.Of(GapModels.Hafnia()), Cells.HafniumOxygen, UnitSystem.Metal);
        InAnyOrder(device =>
        {
            using var motion = TestDevices.Session(device).Motion(crystal, model);
            motion.Prepare();
            return [motion.Particles.Forces.ToArray(), .. Sums(motion)];
        });
    }

    /// <summary>Every rule and route of tangent kernels.</summary>
    [SkippableTheory]
    [InlineData("meanTrace")]
    [InlineData("full")]
    public void TangentKernelsHaveNoRaces(string reduction)
    {
        var options = new KernelOptions { Reduction = OutputReduction.Parse(reduction) };
        using var layers = RandomLayers<double>.OfEveryRule(67, 3);
        using var processor = new TangentKernel<double>(options, Workers.Single);
        using var expected = processor.Compute(layers.Set);
        InAnyOrder(device =>
        {
            using var kernel = new TangentKernel<double>(options, Workers.Single, device);
            using var found = kernel.Compute(layers.Set);
            var values = new double[found.Sum.Values.Rows * found.Sum.Values.Columns];
            for (var k = 0; k < values.Length; k++)
            {
                var (i, j) = (k / found.Sum.Values.Columns, k % found.Sum.Values.Columns);
                values[k] = found.Sum.Values[i, j];
                // Sums of some thousand products of numbers below one in another order.
                Assert.Equal(expected.Sum.Values[i, j], values[k], 1e-9);
            }
            return [values];
        });
    }

    [SkippableFact]
    public void ListsHaveNoRaces()
    {
        using var device = HostCudaDevice.Require();
        foreach (var order in new[] { 0, 1, 2 })
        {
            device.Order = order;
            DeviceNeighbourListTests.Check(device, 700, 1, 10);
            DeviceNeighbourListTests.Check(device, 2100, 3, 10);
        }
    }

    /// <summary>Rows of an odd number of elements with derivatives of two outputs, whose second is nowhere where pairs may lie.</summary>
    [SkippableTheory]
    [InlineData("sum")]
    [InlineData("each")]
    [InlineData("all")]
    public void PairsAreReadWhereTheyLie(string pairs)
    {
        using var device = HostCudaDevice.Require();
        foreach (var (inputs, width) in new[] { (17, 21), (18, 36), (18, 21) })
        {
            DeviceLayerKernelTests.Check<float>(device, [1, 1, 70, 2], inputs, width, 2, pairs, 6e-8 * Math.Sqrt(2 * width));
            DeviceLayerKernelTests.Check<double>(device, [1, 1, 70, 2], inputs, width, 2, pairs, 1e-12);
        }
    }

    private static void InAnyOrder(Func<HostCudaDevice, Array[]> run)
    {
        using var device = HostCudaDevice.Require();
        var first = run(device);
        foreach (var order in new[] { 1, 2 })
        {
            device.Order = order;
            var other = run(device);
            Assert.Equal(first.Length, other.Length);
            foreach (var (expected, found) in first.Zip(other))
            {
                Assert.Equal(expected, found);
            }
        }
        // What was run here, NVIDIA's compiler takes, too.
        foreach (var text in device.Texts)
        {
            CudaDialectTests.RequireCuda(text);
        }
    }

    private static Array[] Sums(DeviceMotion motion)
    {
        var (sums, closest) = motion.Sums()[0];
        return [new[] { sums.Energy, closest }, Numbers(sums.Virial)];
    }

    /// <summary>By what they print, which tells all doubles apart.</summary>
    private static string[] Numbers<T>(T value) => [FormattableString.Invariant($"{value}")];

    /// <summary>But for ten times what float pairs leave.</summary>
    private static void AssertForces(DeviceMotion motion, Configuration start, PotentialModel model) =>
        DeviceDynamicsTests.AssertForces(PairOracle.Evaluate(start, model).Forces, DeviceSession.Frame(motion, start, model).Forces!, 1e-5);
}

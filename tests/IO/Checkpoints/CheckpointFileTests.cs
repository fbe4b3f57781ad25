using System.Reflection;
using System.Security.Cryptography;
using Engine.Core.Forces;
using Engine.Core.Simulations;
using Engine.IO.Checkpoints;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Tests.IO.H5md;
using Xunit;

namespace Engine.Tests.IO.Checkpoints;

public class CheckpointFileTests
{
    [Fact]
    public void EveryBitComesBack()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("checkpoint");
        var state = Make(16);
        CheckpointFile.Write(path, state);
        var copy = CheckpointFile.Read(path);
        Assert.Equal(Describe(state), Describe(copy));
        CheckpointFile.Write(path, copy);
        Assert.Equal(Describe(state), Describe(CheckpointFile.Read(path)));
        Assert.Equal(["checkpoint"], Directory.GetFiles(Path.GetDirectoryName(path)!).Select(Path.GetFileName));
    }

    [Fact]
    public void AStateWithoutAListComesBack()
    {
        using var folder = new TemporaryFolder();
        var state = Make(8) with { Forces = ForceFieldState.None with { Skin = 0.1, InnerSkin = 0.05 }, MeltReference = [] };
        CheckpointFile.Write(folder.File("c"), state);
        Assert.Equal(Describe(state), Describe(CheckpointFile.Read(folder.File("c"))));
    }

    /// <summary>Bytes changed, cut off or added: one line, whatever the damage.</summary>
    [Fact]
    public void DamageIsAlwaysNoticed()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("checkpoint");
        CheckpointFile.Write(path, Make(16));
        var whole = File.ReadAllBytes(path);
        var random = new Random(3);
        for (var trial = 0; trial < 400; trial++)
        {
            var bytes = Damaged(whole, random, trial);
            File.WriteAllBytes(path, bytes);
            var error = Assert.Throws<InputException>(() => CheckpointFile.Read(path));
            Assert.DoesNotContain('\n', error.Message);
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>The same with a checksum that fits: no damage of a disk, but nothing else than an error of the program may come of it.</summary>
    [Fact]
    public void ContentThatFitsItsChecksumOnlyIsRefusedToo()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("checkpoint");
        CheckpointFile.Write(path, Make(16));
        var whole = File.ReadAllBytes(path);
        var random = new Random(4);
        for (var trial = 0; trial < 400; trial++)
        {
            var content = Damaged(whole[..^32], random, trial);
            File.WriteAllBytes(path, [.. content, .. SHA256.HashData(content)]);
            try
            {
                CheckpointFile.Read(path);
            }
            catch (EngineException error)
            {
                Assert.DoesNotContain('\n', error.Message);
            }
        }
    }

    [Fact]
    public void WhatCannotBeReadOrWrittenIsOneLine()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("cannot be read", Assert.Throws<InputException>(() => CheckpointFile.Read(folder.File("absent"))).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be written", Assert.Throws<RunFailedException>(() => CheckpointFile.Write(folder.File("no/folder"), Make(8))).Message, StringComparison.Ordinal);
        File.WriteAllText(folder.File("other"), new string('x', 200));
        Assert.Contains("is not a checkpoint", Assert.Throws<InputException>(() => CheckpointFile.Read(folder.File("other"))).Message, StringComparison.Ordinal);
    }

    private static byte[] Damaged(byte[] whole, Random random, int trial)
    {
        var bytes = (byte[])whole.Clone();
        switch (trial % 4)
        {
            case 0:
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                return bytes[..random.Next(bytes.Length)];
            case 2:
                return [.. bytes, .. new byte[1 + random.Next(40)]];
            default:
                // The lengths and the text of the header are where damage hurts most.
                for (var i = 0; i < 6; i++)
                {
                    bytes[8 + random.Next(300)] = (byte)random.Next(256);
                }
                return bytes;
        }
    }

    private static SimulationState Make(int slots)
    {
        var random = new Random(slots);
        double[] Reals(int n) => [.. Enumerable.Range(0, n).Select(_ => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)))];
        int[] Integers(int n) => [.. Enumerable.Range(0, n).Select(_ => random.Next(int.MinValue, int.MaxValue))];
        return new()
        {
            InputHash = new string('a', 64),
            Stage = 2,
            StageStep = 1234567890123,
            Step = 9876543210987,
            StageStartTime = 0.1 + 0.2,
            HasVelocities = true,
            ThermostatEnergy = -1e-300,
            KickLag = -0.0005,
            Box = new(1.1, 2.2, 3.3, 0.1, -0.2, 1.0 / 3, new(1, 2, 3), true, false, true),
            Count = slots - 1,
            Id = Integers(slots),
            ClusterSpecies = Integers(slots / 8),
            X = Reals(slots),
            Y = Reals(slots),
            Z = Reals(slots),
            VX = Reals(slots),
            VY = Reals(slots),
            VZ = Reals(slots),
            ImageX = Integers(slots),
            ImageY = Integers(slots),
            ImageZ = Integers(slots),
            Forces = new ForceFieldState(
                0.30000000000000004, 0.1, 17, 23, new(Box.Cubic(1.0 / 7), Reals(slots), Reals(slots), Reals(slots)),
                new(Box.Cubic(1.0 / 9), Reals(slots), Reals(slots), Reals(slots))),
            MeltReference = Reals(3 * (slots - 1)),
            MeltDisplacementBefore = 1e-17,
        };
    }

    /// <summary>Every member, with numbers by their bits.</summary>
    private static string Describe(SimulationState state)
    {
        const BindingFlags Own = BindingFlags.Public | BindingFlags.Instance;
        string Of(object? value) => value switch
        {
            double d => BitConverter.DoubleToInt64Bits(d).ToString("x", null),
            double[] array => string.Join(' ', array.Select(d => Of(d))),
            int[] array => string.Join(' ', array),
            ForceFieldState or ListPositions => string.Join('|', value.GetType().GetProperties(Own).Select(p => $"{p.Name} {Of(p.GetValue(value))}")),
            _ => value?.ToString() ?? "",
        };
        return string.Join('\n', typeof(SimulationState).GetProperties(Own).Select(p => $"{p.Name} {Of(p.GetValue(state))}"));
    }
}

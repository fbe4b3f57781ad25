using Engine.IO.Hdf5;
using Engine.Kernels.Errors;
using Xunit;

namespace Engine.Tests.IO.Hdf5;

public sealed class ArrayArchiveTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("engine-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [SkippableFact]
    public void WhatIsWrittenIsReadBitForBit()
    {
        Skip.IfNot(Hdf5Library.TryLoad(out var log), log);
        var path = Path.Combine(folder, "a.h5");
        var archive = new ArrayArchive
        {
            Texts = { ["definition"] = new string('ü', 100_000), ["empty"] = "" },
            Arrays =
            {
                ["double"] = ([2, 3], (double[])[1, double.NaN, -0.0, double.Epsilon, 1 / 3.0, double.MaxValue]),
                ["float"] = ([4], (float[])[1, float.NaN, 1 / 3f, float.Epsilon]),
                ["long"] = ([1], (long[])[long.MinValue]),
                ["int"] = ([0], (int[])[]),
            },
        };
        archive.Write(path);
        archive.Write(path);
        var read = ArrayArchive.Read(path);
        Assert.Equal(archive.Texts.OrderBy(t => t.Key), read.Texts.OrderBy(t => t.Key));
        Assert.Equal(archive.Arrays.Keys.Order(), read.Arrays.Keys.Order());
        foreach (var (name, (shape, values)) in archive.Arrays)
        {
            Assert.Equal(shape, read.Arrays[name].Shape);
            Assert.Equal(values, read.Arrays[name].Values);
        }
        Assert.Equal(BitConverter.DoubleToInt64Bits(-0.0), BitConverter.DoubleToInt64Bits(((double[])read.Arrays["double"].Values)[2]));
        Assert.Single(Directory.GetFiles(folder));
        Assert.Contains("cannot be written", Assert.Throws<RunFailedException>(() => archive.Write(Path.Combine(folder, "no", "a.h5"))).Message);
        Assert.Contains("does not exist", Assert.Throws<InputException>(() => ArrayArchive.Read(Path.Combine(folder, "b.h5"))).Message);
    }
}

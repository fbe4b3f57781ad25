using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Random;
using Xunit;

namespace Engine.Tests.Kernels.Devices;

/// <summary>Memory, programs, launches and their failures on every device.</summary>
[Collection("device")]
public class DeviceTests
{
    private const string Saxpy = """
        KERNEL void saxpy(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT y, const float a, const int count)
        {
            const int i = GLOBAL_ID;
            if (i < count)
            {
                y[i] = FMA(a, x[i], y[i]);
            }
        }
        """;

    public static TheoryData<string> Kinds => TestDevices.Kinds;

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void ALaunchComputesAndAGraphRepeatsIt(string kind)
    {
        var device = TestDevices.Get(kind);
        var kernel = device.Compile(KernelText.Compose("saxpy.cl", Saxpy))["saxpy"];
        float[] x = [.. Enumerable.Range(0, 1000).Select(i => (float)i)];
        using var dx = device.Allocate<float>(x);
        using var dy = device.Allocate<float>(x.Length);
        dy.Clear();
        kernel.Launch(x.Length, 64, dx, dy, 2f, x.Length);
        Assert.Equal(x.Select(v => 2 * v), dy.ToArray());
        using var graph = device.Record(() =>
        {
            kernel.Launch(x.Length, 64, dx, dy, 1f, x.Length);
            kernel.Launch(x.Length, 64, dx, dy, 3f, x.Length);
        });
        Assert.Equal(2, graph.Count);
        Assert.Equal(x.Select(v => 2 * v), dy.ToArray());
        graph.Launch();
        graph.Launch();
        using var pending = device.ReadLater(dy);
        Assert.Equal(x.Select(v => 10 * v), pending.Wait().ToArray());
        Assert.True(pending.IsDone);
    }

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void ArgumentsAreCheckedAgainstTheText(string kind)
    {
        var device = TestDevices.Get(kind);
        var kernel = device.Compile(KernelText.Compose("saxpy.cl", Saxpy))["saxpy"];
        using var buffer = device.Allocate<float>(8);
        using var ints = device.Allocate<int>(8);
        Assert.Contains("expected 4", Assert.Throws<ArgumentException>(() => kernel.Launch(8, 8, buffer, buffer, 1f)).Message);
        Assert.Contains("a buffer of int; expected 'y'", Assert.Throws<ArgumentException>(() => kernel.Launch(8, 8, buffer, ints, 1f, 8)).Message);
        Assert.Contains("a value of type int; expected 'a'", Assert.Throws<ArgumentException>(() => kernel.Launch(8, 8, buffer, buffer, 1, 8)).Message);
    }

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void ATextThatDoesNotCompileIsShownWithNumberedLines(string kind)
    {
        var device = TestDevices.Get(kind);
        var text = KernelText.Compose("wrong.cl", "KERNEL void wrong(GLOBAL float* x)\n{\n    x[0] = no_such_thing;\n}\n");
        var error = Assert.Throws<RunFailedException>(() => device.Compile(text));
        Assert.StartsWith("kernel text wrong.cl does not compile", error.Message);
        var line = text.Full.Split('\n').ToList().FindIndex(l => l.Contains("no_such_thing", StringComparison.Ordinal)) + 1;
        Assert.Contains($"{line,5}      x[0] = no_such_thing;", error.Message);
    }

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void MoreMemoryThanThereIsIsRefusedInOneLine(string kind)
    {
        var device = TestDevices.Get(kind);
        var before = device.BytesAllocated;
        var error = Assert.Throws<RunFailedException>(() => device.Allocate<double>(device.Description.MemoryBytes));
        Assert.Contains("has no room for", error.Message);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Equal(4, error.ExitCode);
        Assert.Equal(before, device.BytesAllocated);
    }

    [Theory]
    [InlineData("cuda:99", 3)]
    [InlineData("opencl:99", 3)]
    [InlineData("gpu", 2)]
    [InlineData("cuda:x", 2)]
    [InlineData("cuda:0:1", 2)]
    public void AnAddressThatIsNoDeviceIsRefused(string address, int exitCode) =>
        Assert.Equal(exitCode, Assert.ThrowsAny<EngineException>(() => Device.Open(address)).ExitCode);

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void RandomWordsAreThoseOfTheProcessor(string kind)
    {
        var seed = 0xA4093822299F31D0;
        var step = 0x1_2345_6789;
        var device = TestDevices.Get(kind);
        var program = device.Compile(KernelText.Load("random.cl"));
        using var words = device.Allocate<uint>(4 * 1000);
        program["philox_test"].Launch(
            1000, 64, words, (uint)RandomStream.LangevinNoise, (uint)(step & 0xFFFFFFFF), (uint)(step >> 32), (uint)seed, (uint)(seed >> 32), 1000);
        var found = words.ToArray();
        using var noise = device.Allocate<Float4>(1000);
        program["normal_test"].Launch(
            1000, 64, noise, (uint)RandomStream.LangevinNoise, (uint)(step & 0xFFFFFFFF), (uint)(step >> 32), (uint)seed, (uint)(seed >> 32), 1000);
        var normal = noise.ToArray();
        for (uint i = 0; i < 1000; i++)
        {
            var expected = Philox.Generate(seed, RandomStream.LangevinNoise, i, step);
            Assert.Equal(expected, (found[4 * i], found[4 * i + 1], found[4 * i + 2], found[4 * i + 3]));
            // Half a dozen float operations, and an angle that keeps 24 of its 32 bits.
            var exact = NormalNoise.Generate(seed, RandomStream.LangevinNoise, i, step);
            Assert.Equal(exact.X, normal[i].X, 2e-6);
            Assert.Equal(exact.Y, normal[i].Y, 2e-6);
            Assert.Equal(exact.Z, normal[i].Z, 2e-6);
        }
    }

    [Fact]
    public void KeptImagesAreFoundAgainAndDamagedOnesAreNot()
    {
        // In the folder of all others, because tests beside this one use it, too.
        var key = ImageCache.Key($"{Guid.NewGuid()}", "two");
        var path = Path.Combine(ImageCache.Folder, key);
        Assert.NotEqual(ImageCache.Key("one", "two"), ImageCache.Key("onet", "wo"));
        Assert.Null(ImageCache.Find(key));
        try
        {
            ImageCache.Keep(key, [1, 2, 3]);
            Assert.Equal([1, 2, 3], ImageCache.Find(key)!);
            var bytes = File.ReadAllBytes(path);
            bytes[^1] ^= 1;
            File.WriteAllBytes(path, bytes);
            Assert.Null(ImageCache.Find(key));
        }
        finally
        {
            File.Delete(path);
        }
    }
}

using System.Formats.Tar;
using System.IO.Compression;
using Engine.Kernels.Errors;
using Engine.Learn.Data;
using Engine.Learn.Networks;
using Engine.Tests.Learn.Torch;
using Xunit;

namespace Engine.Tests.Learn.Data;

/// <summary>Images in idx files and in the binary version of CIFAR, both written here.</summary>
[Collection(LibtorchCollection.Name)]
public sealed class ImageTests : IDisposable
{
    private const string Mnist = """{"type":"mnist","path":"."}""";
    private const int CifarPixels = 3072;

    private readonly string folder = Directory.CreateTempSubdirectory("engine-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void IdxFilesAreImagesWithClasses(bool packed)
    {
        Libtorch.Require();
        WriteMnist(5, 3, packed);
        using var all = TestData.Read(Mnist).Load(TestData.Numbers(6), folder);
        Assert.Equal((5, 3), (all.Training.Count, all.Test!.Count));
        Assert.Equal([0, 1, 2, 3, 4], all.TrainingClasses!);
        Assert.Equal([0, 1, 2], all.TestClasses!);
        // Pixel k of image i is 6 i + k, divided by 255.
        Assert.Equal(Enumerable.Range(0, 30).Select(k => k / 255.0), all.Training.Range(0, 5).Input.to_double());
        using var some = TestData.Read("""{"type":"mnist","path":".","trainingCount":2,"testCount":0}""").Load(TestData.Numbers(1, 2, 3) with { Precision = Precision.Float }, folder);
        Assert.Equal([2, 1, 2, 3], some.Training.Range(0, 2).Input.shape);
        Assert.Equal(11f / 255, some.Training.Range(0, 2).Input.to_float()[^1]);
        Assert.Null(some.Test);
        Assert.Contains("6 images to learn were asked for of 5", Error("""{"type":"mnist","path":".","trainingCount":6}"""));
        Assert.Contains("images [1, 2, 3], 6 numbers each, but the network takes [7]", Assert.Throws<InputException>(() => TestData.Read(Mnist).Load(TestData.Numbers(7), folder)).Message);
    }

    [Fact]
    public void IdxFilesThatAreNoneAreNamed()
    {
        Assert.Contains("cannot read", Error(Mnist));
        WriteMnist(5, 3, false);
        Change("train-images-idx3-ubyte", b => b[2] = 0x0d, "begins with 0x00000d03, expected 0x00000803");
        Change("train-images-idx3-ubyte", b => b[7] = 6, "the header tells of 6 × 2 × 3 bytes, found 30");
        Change("train-images-idx3-ubyte", b => b[4] = 0xff, "expected positive numbers");
        Change("train-labels-idx1-ubyte", b => b[^1] = 10, "label 4 is 10, expected 0 to 9");
        File.WriteAllBytes(Path.Combine(folder, "t10k-labels-idx1-ubyte"), Idx([2], [0, 1]));
        Assert.Contains("t10k-images-idx3-ubyte has 3 images", Error(Mnist));
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void CifarIsAFolderOrAnArchive(bool packed)
    {
        Libtorch.Require();
        WriteCifar(packed);
        var path = packed ? "cifar.tar.gz" : "cifar";
        using var ten = TestData.Read($$"""{"type":"cifar10","path":"{{path}}","trainingCount":7}""").Load(TestData.Numbers(3, 32, 32), folder);
        // Two images in each of five files; of image k all pixels are 10 k + channel.
        Assert.Equal((7, 2), (ten.Training.Count, ten.Test!.Count));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], ten.TrainingClasses!);
        Assert.Equal("class3", ten.Encoding.ClassNames[3]);
        var pixels = ten.Training.Range(0, 7).Input.to_double();
        Assert.Equal(62 / 255.0, pixels[^1]);
        Assert.Equal(31 / 255.0, pixels[3 * CifarPixels + 1024]);
        Assert.Contains("give it that shape, or [3072]", Assert.Throws<InputException>(() =>
            TestData.Read($$"""{"type":"cifar10","path":"{{path}}"}""").Load(TestData.Numbers(32, 32, 3), folder)).Message);
        using var fine = TestData.Read($$"""{"type":"cifar100","path":"{{path}}"}""").Load(TestData.Numbers(3072), folder);
        using var coarse = TestData.Read($$"""{"type":"cifar100","path":"{{path}}","coarse":true}""").Load(TestData.Numbers(3072), folder);
        Assert.Equal((99, 19), (fine.TrainingClasses![0], coarse.TrainingClasses![0]));
        Assert.Equal(("99", 20), (fine.Encoding.ClassNames[99], coarse.Encoding.ClassNames.Count));
    }

    [Fact]
    public void CifarThatIsNoneIsNamed()
    {
        WriteCifar(false);
        const string text = """{"type":"cifar10","path":"cifar"}""";
        Change("cifar/data_batch_2.bin", b => b[0] = 10, "cifar, data_batch_2.bin: the label of image 0 is 10, expected 0 to 9", text);
        Assert.Contains("0 images to learn were asked for of 10; expected 1 to 10", Error("""{"type":"cifar10","path":"cifar","trainingCount":0}"""));
        Assert.Contains("-1 images to test were asked for of 2; expected 0 to 2", Error("""{"type":"cifar10","path":"cifar","testCount":-1}"""));
        File.Delete(Path.Combine(folder, "cifar", "test_batch.bin"));
        Assert.Contains("test_batch.bin", Error(text));
        File.WriteAllText(Path.Combine(folder, "other.tar.gz"), "no archive at all");
        Assert.Contains("other.tar.gz", Error("""{"type":"cifar10","path":"other.tar.gz"}"""));
    }

    /// <summary>Whatever is cut off, it is said in a line.</summary>
    [Fact]
    public void FilesThatAreCutShortAreRefused()
    {
        WriteMnist(5, 3, packed: false);
        CutShort("train-images-idx3-ubyte", Mnist, 1);
        CutShort("t10k-labels-idx1-ubyte", Mnist, 1);
        foreach (var file in Directory.GetFiles(folder))
        {
            File.Delete(file);
        }
        WriteMnist(5, 3, packed: true);
        CutShort("train-images-idx3-ubyte.gz", Mnist, 1);
        WriteCifar(packed: false);
        CutShort(Path.Combine("cifar", "test_batch.bin"), """{"type":"cifar10","path":"cifar"}""", 211);
        WriteCifar(packed: true);
        CutShort("cifar.tar.gz", """{"type":"cifar100","path":"cifar.tar.gz"}""", 7);
    }

    private void CutShort(string name, string definition, int step)
    {
        var path = Path.Combine(folder, name);
        var bytes = File.ReadAllBytes(path);
        for (var length = 0; length < bytes.Length; length += step)
        {
            File.WriteAllBytes(path, bytes[..length]);
            var message = Error(definition);
            Assert.DoesNotContain('\n', message);
        }
        File.WriteAllBytes(path, bytes);
    }

    private void Change(string name, Action<byte[]> change, string expected, string definition = Mnist)
    {
        var path = Path.Combine(folder, name);
        var bytes = File.ReadAllBytes(path);
        byte[] changed = [.. bytes];
        change(changed);
        File.WriteAllBytes(path, changed);
        Assert.Contains(expected, Error(definition));
        File.WriteAllBytes(path, bytes);
    }

    private string Error(string definition) =>
        Assert.Throws<InputException>(() => TestData.Read(definition).Read(new DataFiles(folder), TestData.Numbers(6).Input)).Message;

    private void WriteMnist(int training, int test, bool packed)
    {
        foreach (var (prefix, count) in new[] { ("train", training), ("t10k", test) })
        {
            Write($"{prefix}-images-idx3-ubyte", Idx([count, 2, 3], [.. Enumerable.Range(0, 6 * count).Select(k => (byte)k)]));
            Write($"{prefix}-labels-idx1-ubyte", Idx([count], [.. Enumerable.Range(0, count).Select(k => (byte)k)]));
        }

        void Write(string name, byte[] bytes)
        {
            if (packed)
            {
                using var stream = new GZipStream(File.Create(Path.Combine(folder, name + ".gz")), CompressionLevel.Fastest);
                stream.Write(bytes);
                return;
            }
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
        }
    }

    private static byte[] Idx(int[] sizes, byte[] values) => [0, 0, 8, (byte)sizes.Length, .. sizes.SelectMany(s => new byte[] { 0, 0, 0, (byte)s }), .. values];

    private void WriteCifar(bool packed)
    {
        var files = new Dictionary<string, byte[]> { ["batches.meta.txt"] = [.. string.Join('\n', Enumerable.Range(0, 10).Select(k => $"class{k}")).Select(c => (byte)c), (byte)'\n', (byte)'\n'] };
        for (var batch = 0; batch < 5; batch++)
        {
            files[$"data_batch_{batch + 1}.bin"] = [.. Image([(byte)(2 * batch)], 2 * batch), .. Image([(byte)(2 * batch + 1)], 2 * batch + 1)];
        }
        files["test_batch.bin"] = [.. Image([3], 3), .. Image([4], 4)];
        files["train.bin"] = Image([19, 99], 1);
        files["test.bin"] = Image([0, 1], 2);
        if (!packed)
        {
            Directory.CreateDirectory(Path.Combine(folder, "cifar"));
            foreach (var (name, bytes) in files)
            {
                File.WriteAllBytes(Path.Combine(folder, "cifar", name), bytes);
            }
            return;
        }
        using var stream = new GZipStream(File.Create(Path.Combine(folder, "cifar.tar.gz")), CompressionLevel.Fastest);
        using var writer = new TarWriter(stream);
        writer.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "cifar/"));
        foreach (var (name, bytes) in files)
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "cifar/" + name)
            {
                DataStream = new MemoryStream(bytes),
            });
        }
    }

    private static byte[] Image(byte[] labels, int number) =>
        [.. labels, .. Enumerable.Range(0, CifarPixels).Select(k => (byte)(10 * number + k / (CifarPixels / 3)))];
}

using Engine.IO.Hdf5;
using Xunit;

namespace Engine.Tests.IO.Hdf5;

[Collection("libhdf5")]
public sealed class Hdf5CreationTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("engine-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>libhdf5 would write the second of its making into every object.</summary>
    [SkippableFact]
    public void TheSameContentHasTheSameBytesInAnotherSecond()
    {
        Skip.IfNot(Hdf5Library.TryLoad(out var log), log);
        string[] before = [.. Write("before")];
        Thread.Sleep(1100);
        Assert.All(before.Zip(Write("after")), pair => Assert.Equal(File.ReadAllBytes(pair.First), File.ReadAllBytes(pair.Second)));
    }

    /// <summary>A lock would be inherited by a process that is started meanwhile, and refuse whoever opens the closed file before that one's program begins.</summary>
    [SkippableFact]
    public void AFileIsNotLockedWhileItIsWritten()
    {
        Skip.IfNot(Hdf5Library.TryLoad(out var log), log);
        var path = Path.Combine(folder, "open.h5");
        ArrayFile.Write(path, new Dictionary<string, string>(), all =>
        {
            all.Append("double", (double[])[1, 2]);
            File.OpenHandle(Directory.GetFiles(folder).Single(), share: FileShare.None).Dispose();
        });
    }

    private IEnumerable<string> Write(string name)
    {
        var archive = Path.Combine(folder, $"{name}.archive.h5");
        new ArrayArchive { Texts = { ["what"] = "numbers" }, Arrays = { ["double"] = ([2], (double[])[1, 2]) } }.Write(archive);
        yield return archive;
        var file = Path.Combine(folder, $"{name}.file.h5");
        ArrayFile.Write(file, new Dictionary<string, string> { ["what"] = "numbers" }, all => all.Append("double", (double[])[1, 2]));
        yield return file;
        var rows = Path.Combine(folder, $"{name}.stream.h5");
        using (var stream = ArrayStream.Create(rows, new Dictionary<string, string> { ["of/unit"] = "nats" }, [new("number", []), new("of/matrix", [1, 2], Compressed: true)]))
        {
            stream.Append("number", [1]);
            stream.Append("of/matrix", [2, 3]);
        }
        yield return rows;
    }
}

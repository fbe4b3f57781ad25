using Engine.IO.H5md;
using Engine.IO.Hdf5;
using Engine.Kernels.Errors;
using Engine.Kernels.Native;
using Xunit;

namespace Engine.Tests.IO.Hdf5;

[Collection("libhdf5")]
public sealed class ArrayStreamTests : IDisposable
{
    private static readonly ArrayLayout[] Layouts = [new("number", []), new("of/matrix", [2, 3]), new("of/packed", [300, 300], Compressed: true)];
    private static readonly Dictionary<string, string> Texts = new() { ["what"] = "rows", ["of/unit"] = "nats" };

    private readonly string folder = Directory.CreateTempSubdirectory("engine-test-").FullName;

    private string Path => System.IO.Path.Combine(folder, "s.h5");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>Rows are in the file after a flush, while it is still open for more.</summary>
    [SkippableFact]
    public void RowsGrowAndAreThereAfterAFlush()
    {
        Skip.IfNot(Hdf5Library.TryLoad(out var log), log);
        using (var stream = ArrayStream.Create(Path, Texts, Layouts))
        {
            for (var k = 0; k < 3; k++)
            {
                Append(stream, k);
            }
            stream.Flush();
            var copy = System.IO.Path.Combine(folder, "copy.h5");
            // libhdf5 holds a lock, which .NET respects and other programs do not.
            Assert.Equal(0, ExternalProgram.Run("/bin/cp", [Path, copy], folder).ExitCode);
            using (var cut = ArrayReader.Open(copy))
            {
                Assert.Equal([0.0, 1, 2], cut.Read("number"));
                Assert.Equal(3, cut.RowsOf("of/packed"));
            }
            stream.Append("number", [3]);
            Assert.Throws<ArgumentException>(() => stream.Append("number", [1, 2]));
            Assert.Throws<ArgumentException>(() => stream.AppendRows("of/matrix", [1, 2, 3, 4, 5, 6, 7]));
            stream.AppendRows("of/matrix", [3, 4, 5, 6, 7, 8, 4, 5, 6, 7, 8, 9]);
        }
        using var read = ArrayReader.Open(Path);
        Assert.Equal(["number", "of/matrix", "of/packed"], read.Names.Order());
        Assert.Equal([0.0, 1, 2, 3], read.Read("number"));
        Assert.Equal([2L, 3], read.RowOf("of/matrix"));
        Assert.Equal([2.0, 3, 4, 5, 6, 7], read.Read("of/matrix", 2, 1));
        Assert.Equal([3.0, 4, 5, 6, 7, 8, 4, 5, 6, 7, 8, 9], read.Read("of/matrix", 3));
        Assert.Equal(Packed(2), read.Read("of/packed", 2, 1));
        Assert.Equal(("rows", "nats", null), (read.Text("what"), read.Text("of/unit"), read.Text("of/what")));
        Assert.Contains("cannot be read", Assert.Throws<InputException>(() => read.Text("no/unit")).Message);
    }

    /// <summary>What follows the rows that count is gone, and the file is the one of a stream that was never cut.</summary>
    [SkippableFact]
    public void AStreamGoesOnFromTheRowsThatCount()
    {
        Skip.IfNot(Hdf5Library.TryLoad(out var log), log);
        var whole = System.IO.Path.Combine(folder, "whole.h5");
        using (var stream = ArrayStream.Create(whole, Texts, Layouts))
        {
            for (var k = 0; k < 5; k++)
            {
                Append(stream, k);
            }
        }
        using (var stream = ArrayStream.Create(Path, Texts, Layouts))
        {
            Append(stream, 0);
            Append(stream, 1);
            stream.Append("number", [99]);
        }
        using (var stream = ArrayStream.Continue(Path, Texts, Layouts, (_, _) => 2))
        {
            for (var k = 2; k < 5; k++)
            {
                Append(stream, k);
            }
        }
        Assert.Equal(TrajectoryId.Logical(whole), TrajectoryId.Logical(Path));
        Assert.Contains("number", Assert.Throws<InputException>(() => ArrayStream.Continue(Path, Texts, Layouts, (_, _) => 6)).Message);
        Assert.Contains("of/matrix", Assert.Throws<InputException>(() => ArrayStream.Continue(Path, Texts, [new("of/matrix", [3, 2])], (_, _) => 1)).Message);
        Assert.Contains("does not exist", Assert.Throws<InputException>(() => ArrayStream.Continue(Path + "x", Texts, Layouts, (_, _) => 1)).Message);
        Assert.Contains("cannot be written", Assert.Throws<RunFailedException>(() => ArrayStream.Create(System.IO.Path.Combine(folder, "no", "a.h5"), Texts, Layouts)).Message);
        Assert.Equal(2, Directory.GetFiles(folder).Length);
    }

    private static void Append(ArrayStream stream, int k)
    {
        stream.Append("number", [k]);
        stream.Append("of/matrix", [k, k + 1, k + 2, k + 3, k + 4, k + 5]);
        stream.Append("of/packed", Packed(k));
    }

    private static double[] Packed(int k) => [.. Enumerable.Range(0, 300 * 300).Select(i => Math.Sin(i * (k + 1)))];
}

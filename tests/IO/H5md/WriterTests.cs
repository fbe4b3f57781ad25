using Engine.IO.H5md;
using Xunit;

namespace Engine.Tests.IO.H5md;

[Collection("libhdf5")]
public class WriterTests
{
    [SkippableTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(57)]
    public void ReaderReturnsWhatWasWritten(int count)
    {
        NeedsHdf5.Check();
        using var folder = new TemporaryFolder();
        using var reader = H5mdReader.Open(Frames.Write(folder.File("t.h5"), count, full: true));
        Assert.Equal(count, reader.FrameCount);
        Assert.Equal("metal", reader.Units);
        Assert.Equal("test", reader.Metadata["title"]);
        foreach (var frame in reader.Frames())
        {
            var expected = Frames.Make(frame.Step, full: true);
            Assert.Equal(expected.Time, frame.Time);
            Assert.Equal(expected.Box, frame.Box);
            Assert.Equal(expected.SpeciesTable, frame.SpeciesTable);
            Assert.Equal(expected.Species, frame.Species);
            Assert.Equal(expected.Positions, frame.Positions);
            Assert.Equal(expected.Images, frame.Images);
            Assert.Equal(expected.Velocities, frame.Velocities);
            Assert.Equal(expected.Forces, frame.Forces);
        }
        if (count > 0)
        {
            var pressure = reader.ReadObservable("pressure");
            Assert.Equal([3, 3], pressure.Shape);
            Assert.Equal(2 * count, pressure.Count);
            Assert.Equal(5, pressure.Steps[1]);
            Assert.Equal(Frames.Sample(5)[2..], pressure.Values[9..18]);
            Assert.Equal(["potential_energy", "pressure", "temperature"], reader.ObservableNames());
        }
        Assert.Empty(TrajectoryVerifier.Verify(reader.Path));
    }

    /// <summary>A checkpoint that survives a power loss must not count on frames that do not; flushing without one costs no wait for the disk.</summary>
    [SkippableFact]
    public void AFlushThatWasAskedForReachesTheDisk()
    {
        NeedsHdf5.Check();
        using var folder = new TemporaryFolder();
        using var writer = H5mdWriter.Create(folder.File("t.h5"), Frames.Make(0), Frames.Options());
        writer.Append(Frames.Make(0));
        Assert.Equal(0, writer.Syncs);
        writer.Flush();
        Assert.Equal(1, writer.Syncs);
    }

    [SkippableFact]
    public void SinglePrecisionRoundsToNearest()
    {
        NeedsHdf5.Check();
        using var folder = new TemporaryFolder();
        using var reader = H5mdReader.Open(
            Frames.Write(folder.File("t.h5"), 3, options: Frames.Options(precision: TrajectoryPrecision.Single), particles: 37));
        var expected = Frames.Make(20, 37);
        Assert.Equal(Array.ConvertAll(expected.Positions, x => (double)(float)x), reader.ReadFrame(2).Positions);
    }

    /// <summary>Flushing at other moments must not move anything in the file.</summary>
    [SkippableFact]
    public void EqualRunsMakeEqualBytesWheneverTheyAreFlushed()
    {
        NeedsHdf5.Check();
        using var folder = new TemporaryFolder();
        var plain = Frames.Write(folder.File("a.h5"), 200);
        var flushed = folder.File("b.h5");
        using (var writer = H5mdWriter.Create(flushed, Frames.Make(0), Frames.Options()))
        {
            var random = new Random(1);
            Frames.Append(writer, 0, 200, after: _ =>
            {
                if (random.Next(4) == 0)
                {
                    writer.Flush();
                }
            });
        }
        Assert.Equal(TrajectoryId.Bytes(plain), TrajectoryId.Bytes(flushed));
    }

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(70)]
    [InlineData(199)]
    public void AResumedRunMakesTheSameBytes(int lastKept)
    {
        NeedsHdf5.Check();
        using var folder = new TemporaryFolder();
        var plain = Frames.Write(folder.File("a.h5"), 200);
        var resumed = Frames.Write(folder.File("b.h5"), 120 + lastKept / 2);
        using (var writer = H5mdWriter.OpenAppend(resumed, lastKept * Frames.Stride + Frames.Stride - 1))
        {
            Frames.Append(writer, Math.Min(lastKept, 119 + lastKept / 2) + 1, 199 - Math.Min(lastKept, 119 + lastKept / 2));
        }
        Assert.Equal(TrajectoryId.Logical(plain), TrajectoryId.Logical(resumed));
        Assert.Equal(TrajectoryId.Bytes(plain), TrajectoryId.Bytes(resumed));
    }
}

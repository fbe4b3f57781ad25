using System.Text;
using Engine.IO.H5md;
using Engine.IO.Hdf5;
using Engine.Kernels.Errors;
using Xunit;

namespace Engine.Tests.IO.H5md;

[Collection("libhdf5")]
public class DamageTests
{
    /// <summary>A bit flipped anywhere in a chunk must be named with its dataset and a range of frames that holds the chunk.</summary>
    [SkippableFact]
    public void EveryFlippedBitInAChunkIsNamed()
    {
        NeedsHdf5.Check();
        using var folder = new TemporaryFolder();
        var path = Frames.Write(folder.File("t.h5"), 30, full: true);
        var chunks = Chunks(path);
        var sound = File.ReadAllBytes(path);
        var damaged = folder.File("damaged.h5");
        var random = new Random(2);
        for (var trial = 0; trial < 100; trial++)
        {
            var chunk = chunks[random.Next(chunks.Count)];
            var at = chunk.Address + random.NextInt64(chunk.Bytes);
            var bytes = (byte[])sound.Clone();
            bytes[at] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(damaged, bytes);
            var found = TrajectoryVerifier.Verify(damaged);
            Assert.Contains(found, d => Same(d.Dataset, chunk.Dataset) && d.FirstFrame == chunk.First && d.LastFrame == chunk.Last);
            Assert.All(found, d => Assert.True(Same(d.Dataset, chunk.Dataset), $"{d} but the damage is in {chunk.Dataset}"));
        }

        // Step and time are one dataset under several names.
        static bool Same(string a, string b) => a == b || (a[a.LastIndexOf('/')..] == b[b.LastIndexOf('/')..] && !a.EndsWith("/value", StringComparison.Ordinal));
    }

    [SkippableFact]
    public void RecoveryKeepsEveryFrameOutsideADamagedChunk()
    {
        NeedsHdf5.Check();
        using var folder = new TemporaryFolder();
        var path = Frames.Write(folder.File("t.h5"), 60);
        var chunk = Chunks(path).Where(c => c.Dataset == "/particles/trajectory/position/value").ElementAt(3);
        var bytes = File.ReadAllBytes(path);
        bytes[chunk.Address + 17] ^= 4;
        File.WriteAllBytes(path, bytes);
        var before = TrajectoryId.Bytes(path);
        var report = TrajectoryRecovery.Recover(path, folder.File("saved.h5"));
        Assert.Equal(before, TrajectoryId.Bytes(path));
        Assert.Equal(60 - (chunk.Last - chunk.First + 1), report.Frames);
        Assert.Equal((chunk.First, chunk.Last), (report.Lost[0].FirstFrame, report.Lost[0].LastFrame));
        AssertFrames(folder.File("saved.h5"), report.Frames);
        Assert.Throws<InputException>(() => H5mdWriter.OpenAppend(path, 590));
        Assert.Throws<InputException>(() => TrajectoryRecovery.Recover(path, folder.File("saved.h5")));
    }

    /// <summary>A run so short that one chunk has all its frames must not lose them to a bit in what a frame can do without.</summary>
    [SkippableTheory]
    [InlineData("image")]
    [InlineData("velocity")]
    [InlineData("force")]
    [InlineData("charge")]
    public void ADamagedElementIsLeftOutAndItsFramesAreKept(string element)
    {
        NeedsHdf5.Check();
        using var folder = new TemporaryFolder();
        var path = folder.File("t.h5");
        using (var writer = H5mdWriter.Create(path, Frames.Make(0, full: true), Frames.Options(full: true, chunkBytes: 1 << 20) with { Charges = true }))
        {
            for (var i = 0; i < 11; i++)
            {
                var frame = Frames.Make(i * Frames.Stride, full: true);
                frame.Charges = new double[frame.Count];
                writer.Append(frame);
            }
        }
        FlipBit(path, Chunks(path).Single(c => c.Dataset == $"/particles/trajectory/{element}/value"));
        var saved = folder.File("saved.h5");
        var report = TrajectoryRecovery.Recover(path, saved);
        Assert.Equal((11, 100), (report.Frames, report.LastStep));
        Assert.Equal($"{element} left out: damaged in frames 0..10", Assert.Single(report.Omitted).ToString());
        Assert.Empty(report.Lost);
        Assert.False(report.Complete);
        AssertFrames(saved, 11);
        using var reader = H5mdReader.Open(saved);
        var last = reader.ReadFrame(10);
        var expected = Frames.Make(100, full: true);
        Assert.Equal(element == "image" ? null : expected.Images, last.Images);
        Assert.Equal(element == "velocity" ? null : expected.Velocities, last.Velocities);
        Assert.Equal(element == "force" ? null : expected.Forces, last.Forces);
        Assert.Equal(element == "charge", last.Charges is null);
    }

    [SkippableFact]
    public void OnlyElementsThatCostFramesAreLeftOut()
    {
        NeedsHdf5.Check();
        using var folder = new TemporaryFolder();
        var path = Frames.Write(folder.File("t.h5"), 60, full: true);
        var chunks = Chunks(path);
        var positions = chunks.Where(c => c.Dataset == "/particles/trajectory/position/value").ElementAt(3);
        FlipBit(path, positions);
        // These frames are lost already.
        FlipBit(path, chunks.Single(c => c.Dataset == "/particles/trajectory/force/value" && c.First == positions.First));
        FlipBit(path, chunks.First(c => c.Dataset == "/particles/trajectory/velocity/value"));
        FlipBit(path, chunks.Last(c => c.Dataset == "/particles/trajectory/velocity/value"));
        var report = TrajectoryRecovery.Recover(path, folder.File("saved.h5"));
        Assert.Equal(60 - (positions.Last - positions.First + 1), report.Frames);
        Assert.Equal($"velocity left out: damaged in frames 0..{positions.Last - positions.First}, 54..59", Assert.Single(report.Omitted).ToString());
        Assert.All(report.Lost, lost => Assert.Equal((positions.First, positions.Last), (lost.FirstFrame, lost.LastFrame)));
        AssertFrames(folder.File("saved.h5"), report.Frames);
        using var reader = H5mdReader.Open(folder.File("saved.h5"));
        Assert.Equal(Frames.Make(0, full: true).Forces, reader.ReadFrame(0).Forces);
    }

    /// <summary>The last chunk of a run that was killed may lack an element; all the frames before it have that element still.</summary>
    [SkippableFact]
    public void AnElementThatLacksTheEndOfAnUnclosedFileIsKept()
    {
        NeedsHdf5.Check();
        using var folder = new TemporaryFolder();
        var path = folder.File("killed.h5");
        using (var writer = H5mdWriter.Create(folder.File("t.h5"), Frames.Make(0, full: true), Frames.Options(full: true)))
        {
            Frames.Append(writer, 0, 60, full: true);
            writer.Flush();
            File.Copy(folder.File("t.h5"), path);
        }
        var images = Chunks(path).Where(c => c.Dataset == "/particles/trajectory/image/value").ToList();
        FlipBit(path, images[^1]);
        var report = TrajectoryRecovery.Recover(path, folder.File("saved.h5"));
        Assert.Empty(report.Omitted);
        Assert.Equal((images[^1].First, images[^1].Last), (Assert.Single(report.Lost).FirstFrame, report.Lost[0].LastFrame));
        Assert.Equal(images[^1].First, report.Frames);
        FlipBit(path, images[1]);
        report = TrajectoryRecovery.Recover(path, folder.File("all.h5"));
        Assert.Equal("image", Assert.Single(report.Omitted).Name);
        Assert.Equal(60, report.Frames);
    }

    [SkippableFact]
    public void DamagedObservablesCostTheirSamplesAlone()
    {
        NeedsHdf5.Check();
        using var folder = new TemporaryFolder();
        var path = Frames.Write(folder.File("t.h5"), 60);
        var chunk = Chunks(path).Last(c => c.Dataset == "/observables/pressure/value");
        FlipBit(path, chunk);
        var report = TrajectoryRecovery.Recover(path, folder.File("saved.h5"));
        Assert.Equal((60, chunk.First), (report.Frames, report.Samples));
        Assert.Empty(report.Omitted);
        Assert.Contains($", samples {chunk.First}..119: ", Assert.Single(report.Lost).ToString(), StringComparison.Ordinal);
        AssertFrames(folder.File("saved.h5"), 60);
    }

    [SkippableFact]
    public void WhatATruncatedFileStillHoldsIsRecovered()
    {
        NeedsHdf5.Check();
        using var folder = new TemporaryFolder();
        var path = Frames.Write(folder.File("t.h5"), 60);
        var sound = File.ReadAllBytes(path);
        var damaged = folder.File("damaged.h5");
        var random = new Random(3);
        var frames = new List<long>();
        for (var trial = 0; trial < 20; trial++)
        {
            var length = trial == 0 ? sound.Length - 1 : random.Next(sound.Length / 4, sound.Length);
            File.WriteAllBytes(damaged, sound[..length]);
            Assert.NotEmpty(TrajectoryVerifier.Verify(damaged));
            Assert.Throws<InputException>(() => H5mdReader.Open(damaged));
            var output = folder.File($"saved{trial}.h5");
            try
            {
                var report = TrajectoryRecovery.Recover(damaged, output);
                AssertFrames(output, report.Frames);
                Assert.True(trial > 0 || report.Omitted.Count == 0, "an element was left out for want of the last byte");
                frames.Add(report.Frames);
            }
            catch (InputException)
            {
                Assert.False(File.Exists(output));
                frames.Add(0);
            }
        }
        Assert.True(frames[0] > 40, $"only {frames[0]} of 60 frames survived the loss of the last byte");
        Assert.Contains(frames.Skip(1), n => n > 0);
    }

    [SkippableFact]
    public void StructuralRulesAreChecked()
    {
        NeedsHdf5.Check();
        using var folder = new TemporaryFolder();
        var path = folder.File("t.h5");
        using (var writer = H5mdWriter.Create(path, Frames.Make(0), Frames.Options()))
        {
            Frames.Append(writer, 0, 3);
            var broken = Frames.Make(30);
            broken.Box = broken.Box with { LengthY = double.NaN };
            broken.Time = -1;
            writer.Append(broken);
            Assert.Throws<ArgumentException>(() => writer.Append(Frames.Make(30)));
        }
        var found = TrajectoryVerifier.Verify(path);
        Assert.Contains(found, d => d.Dataset == "/particles/trajectory/box/edges/value" && d.FirstFrame == 3);
        Assert.Contains(found, d => d.Dataset.EndsWith("/time", StringComparison.Ordinal) && d.FirstFrame == 3);
    }

    /// <summary>
    /// Bytes changed anywhere in the file: an error that a user can read, or sound frames; never anything else, never a crash.
    /// ENGINE_TEST_MUTATIONS sets the number of files.
    /// </summary>
    [SkippableFact]
    public void MutatedFilesGiveErrorsOrSoundFrames()
    {
        NeedsHdf5.Check();
        using var folder = new TemporaryFolder();
        var sound = File.ReadAllBytes(Frames.Write(folder.File("t.h5"), 12, full: true, particles: 20));
        var random = new Random(4);
        var unharmed = 0;
        var trials = int.TryParse(Environment.GetEnvironmentVariable("ENGINE_TEST_MUTATIONS"), out var n) ? n : 80;
        for (var trial = 0; trial < trials; trial++)
        {
            var bytes = (byte[])sound.Clone();
            var start = trial % 2 == 0 ? random.Next(bytes.Length) : random.Next(Math.Min(bytes.Length, 20000));
            for (var i = 0; i < 1 + trial % 8; i++)
            {
                bytes[Math.Min(bytes.Length - 1, start + random.Next(16))] = (byte)random.Next(256);
            }
            var damaged = folder.File("damaged.h5");
            File.WriteAllBytes(damaged, trial % 5 == 4 ? bytes[..random.Next(bytes.Length)] : bytes);
            var harmless = TrajectoryVerifier.Verify(damaged).Count == 0;
            unharmed += harmless ? 1 : 0;
            Try(() =>
            {
                using var reader = H5mdReader.Open(damaged);
                foreach (var frame in reader.Frames())
                {
                    Assert.True(!harmless || frame.Positions.AsSpan().SequenceEqual(Frames.Make(frame.Step, 20, full: true).Positions));
                }
                foreach (var name in reader.ObservableNames())
                {
                    reader.ReadObservable(name);
                }
            });
            Try(() => TrajectoryId.Logical(damaged));
            Try(() => TrajectoryRecovery.Recover(damaged, folder.File("saved.h5")));
            File.Delete(folder.File("saved.h5"));
        }
        Assert.InRange(unharmed, 0, trials - 1);
        AssertNothingOpen(folder);

        static void Try(Action action)
        {
            try
            {
                action();
            }
            catch (EngineException error)
            {
                Assert.DoesNotContain('\n', error.Message);
            }
        }
    }

    /// <summary>The library may wait for a writer to finish a superblock that is merely damaged; it must not wait for ever.</summary>
    [SkippableFact]
    public void ADamagedSuperblockIsNamedAtOnce()
    {
        NeedsHdf5.Check();
        using var folder = new TemporaryFolder();
        var sound = File.ReadAllBytes(Frames.Write(folder.File("t.h5"), 1, particles: 3));
        var damaged = folder.File("damaged.h5");
        for (var at = 0; at < 48; at++)
        {
            var bytes = (byte[])sound.Clone();
            bytes[at] ^= 0x31;
            File.WriteAllBytes(damaged, bytes);
            Assert.NotEmpty(TrajectoryVerifier.Verify(damaged));
            Assert.Throws<InputException>(() => H5mdReader.Open(damaged));
        }
    }

    [SkippableFact]
    public void NothingStaysOpen()
    {
        NeedsHdf5.Check();
        using var folder = new TemporaryFolder();
        var path = Frames.Write(folder.File("t.h5"), 5);
        for (var i = 0; i < 200; i++)
        {
            using var reader = H5mdReader.Open(path);
            reader.ReadFrame(i % 5);
            reader.ReadObservable("temperature");
        }
        TrajectoryId.Logical(path);
        using (H5mdWriter.OpenAppend(path, 20))
        {
        }
        AssertNothingOpen(folder);
    }

    internal static void AssertFrames(string path, long count)
    {
        using var reader = H5mdReader.Open(path);
        Assert.Equal(count, reader.FrameCount);
        foreach (var frame in reader.Frames())
        {
            Assert.Equal(Frames.Make(frame.Step).Positions, frame.Positions);
        }
        Assert.Empty(TrajectoryVerifier.Verify(path));
    }

    internal static void FlipBit(string path, ChunkPlace chunk)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[chunk.Address + 17] ^= 4;
        File.WriteAllBytes(path, bytes);
    }

    /// <summary>Of the files in this folder: other tests of the process have theirs open meanwhile.</summary>
    private static void AssertNothingOpen(TemporaryFolder folder)
    {
        using (Hdf5Library.Enter())
        {
            var ids = new long[H5F.get_obj_count(H5F.ALL_FILES, H5F.OBJ_ALL)];
            H5F.get_obj_ids(H5F.ALL_FILES, H5F.OBJ_ALL, (nuint)ids.Length, ids);
            Assert.DoesNotContain(ids.Select(FileOf), file => file.StartsWith(folder.File(""), StringComparison.Ordinal));
        }
    }

    private static string FileOf(long id)
    {
        var name = new byte[4096];
        var length = (int)H5F.get_name(id, name, (nuint)name.Length);
        Assert.InRange(length, 1, name.Length - 1);
        return Encoding.UTF8.GetString(name, 0, length);
    }

    internal sealed record ChunkPlace(string Dataset, long First, long Last, long Address, long Bytes);

    internal static List<ChunkPlace> Chunks(string path)
    {
        using (Hdf5Library.Enter())
        {
            using var file = Hdf5File.OpenRead(path);
            var places = new List<ChunkPlace>();
            Visit("/");
            return places;

            unsafe void Visit(string at)
            {
                if (at == "/" || !file.IsDataset(at))
                {
                    foreach (var name in file.Links(at))
                    {
                        Visit((at == "/" ? "" : at) + "/" + name);
                    }
                    return;
                }
                using var dataset = file.Dataset(at);
                var offset = new ulong[dataset.Size.Length];
                for (; offset[0] < dataset.Size[0]; offset[0] += dataset.Chunk![0])
                {
                    fixed (ulong* o = offset)
                    {
                        H5D.get_chunk_info_by_coord(dataset.Id, o, out _, out var address, out var size);
                        var last = Math.Min(dataset.Size[0], offset[0] + dataset.Chunk![0]) - 1;
                        places.Add(new(at, (long)offset[0], (long)last, (long)address, (long)size));
                    }
                }
            }
        }
    }
}

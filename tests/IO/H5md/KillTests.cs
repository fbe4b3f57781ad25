using System.Diagnostics;
using Engine.IO.H5md;
using Engine.Tests.Cli.Runs;
using Xunit;

namespace Engine.Tests.IO.H5md;

[Collection("libhdf5")]
public class KillTests
{
    /// <summary>
    /// SIGKILL at random moments: every frame up to the last flush is recovered, equal to that of an uninterrupted run, and the run can be
    /// resumed from there to the same bytes. ENGINE_TEST_KILLS sets the number of kills.
    /// </summary>
    [SkippableFact]
    public void AKilledRunLosesNothingThatWasFlushed()
    {
        NeedsHdf5.Check();
        var kills = int.TryParse(Environment.GetEnvironmentVariable("ENGINE_TEST_KILLS"), out var n) ? n : 10;
        using var folder = new TemporaryFolder();
        var random = new Random(5);
        for (var trial = 0; trial < kills; trial++)
        {
            var path = folder.File($"t{trial}.h5");
            using var child = Start("trajectory-child", path, "100000");
            long safe;
            try
            {
                var goal = random.Next(300) * Frames.Stride;
                while (Safe(path) < goal && !child.HasExited)
                {
                    Thread.Sleep(1);
                }
                Thread.Sleep(random.Next(10));
            }
            finally
            {
                child.Kill();
                child.WaitForExit();
                safe = Safe(path);
            }
            var before = TrajectoryId.Bytes(path);
            var saved = folder.File($"saved{trial}.h5");
            var report = TrajectoryRecovery.Recover(path, saved);
            Assert.Equal(before, TrajectoryId.Bytes(path));
            Assert.True(report.LastStep >= safe, $"kill {trial}: step {safe} was flushed, {report.LastStep} recovered: {string.Join("; ", report.Lost)}");
            Assert.Equal(report.LastStep, report.Frames == 0 ? -1 : (report.Frames - 1) * Frames.Stride);
            DamageTests.AssertFrames(saved, report.Frames);
            if (trial % 5 == 0)
            {
                var more = (int)report.Frames + 20;
                var kept = (int)(safe < 0 ? 0 : safe / Frames.Stride + 1);
                using (var writer = H5mdWriter.OpenAppend(path, safe))
                {
                    if (safe >= 0)
                    {
                        writer.AppendObservables(0, safe + 5, (safe + 5) * 0.002, Frames.Sample(safe + 5));
                    }
                    Frames.Append(writer, kept, more - kept);
                }
                Assert.Equal(TrajectoryId.Bytes(Frames.Write(folder.File("plain.h5"), more)), TrajectoryId.Bytes(path));
            }
            File.Delete(path);
            File.Delete(saved);
        }
    }

    /// <summary>A limit on the size of files stands for a full disk.</summary>
    [SkippableFact]
    public void AFullDiskEndsTheRunWithOneLineAndAReadableFile()
    {
        NeedsHdf5.Check();
        Skip.If(OperatingSystem.IsWindows(), "needs ulimit");
        using var folder = new TemporaryFolder();
        var path = folder.File("t.h5");
        var program = string.Join(' ', ChildProcess.Command(typeof(KillTests).Assembly, ["trajectory-child", path, "1000000"]).Select(word => $"'{word}'"));
        var start = new ProcessStartInfo("bash", ["-c", $"trap '' XFSZ; ulimit -f 2000; exec {program}"]) { RedirectStandardError = true };
        // The runtime maps its code from a file, which the limit would forbid.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        using var child = Process.Start(start)!;
        var error = child.StandardError.ReadToEnd();
        child.WaitForExit();
        Assert.Equal(4, child.ExitCode);
        var line = Assert.Single(error.TrimEnd().Split('\n'));
        Assert.Contains("frames up to step", line, StringComparison.Ordinal);
        var safe = Safe(path);
        var report = TrajectoryRecovery.Recover(path, folder.File("saved.h5"));
        Assert.True(report.LastStep >= safe && safe > 1000, $"step {safe} was flushed, {report.LastStep} recovered");
        DamageTests.AssertFrames(folder.File("saved.h5"), report.Frames);
    }

    /// <summary>Step of the last flushed frame according to the child, −1 before the first.</summary>
    private static long Safe(string path)
    {
        Span<byte> bytes = stackalloc byte[8];
        if (!File.Exists(path + ".safe"))
        {
            return -1;
        }
        using var side = File.OpenHandle(path + ".safe", share: FileShare.ReadWrite);
        return RandomAccess.Read(side, bytes, 0) == bytes.Length ? BitConverter.ToInt64(bytes) : -1;
    }

    private static Process Start(params string[] arguments)
    {
        var command = ChildProcess.Command(typeof(KillTests).Assembly, arguments);
        return Process.Start(new ProcessStartInfo(command[0], command[1..]))!;
    }
}

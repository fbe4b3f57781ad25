using System.Diagnostics;
using Engine.IO.H5md;
using Xunit;

namespace Engine.Tests.IO.H5md;

/// <summary>Other programs as referees: h5dump, h5repack, h5py and MDAnalysis, each where it is installed.</summary>
[Collection("libhdf5")]
public class InteroperabilityTests
{
    private const string Python = "/usr/bin/python3";

    [SkippableFact]
    public void TheLogicalIdentitySurvivesRepackingAndSeesAChangedValue()
    {
        NeedsHdf5.Check();
        NeedsProgram("h5repack");
        using var folder = new TemporaryFolder();
        var path = Frames.Write(folder.File("a.h5"), 40, full: true);
        var repacked = folder.File("b.h5");
        Succeeds("h5repack", "-f", "/particles/trajectory/position/value:GZIP=4", "-l", "/particles/trajectory/position/value:CHUNK=3x50x3", path, repacked);
        Assert.NotEqual(TrajectoryId.Bytes(path), TrajectoryId.Bytes(repacked));
        Assert.Equal(TrajectoryId.Logical(path), TrajectoryId.Logical(repacked));
        Assert.Empty(TrajectoryVerifier.Verify(repacked));
        using (var reader = H5mdReader.Open(repacked))
        {
            Assert.Equal(Frames.Make(170).Positions, reader.ReadFrame(17).Positions);
        }
        NeedsModule("h5py");
        Succeeds(Python, "-c", "import h5py,sys; f=h5py.File(sys.argv[1],'r+'); d=f['particles/trajectory/position/value']; d[7,3,1]+=1e-9", repacked);
        Assert.NotEqual(TrajectoryId.Logical(path), TrajectoryId.Logical(repacked));
    }

    [SkippableFact]
    public void H5dumpShowsTheSchema()
    {
        NeedsHdf5.Check();
        NeedsProgram("h5dump");
        using var folder = new TemporaryFolder();
        var path = Frames.Write(folder.File("t.h5"), 3);
        Assert.Contains("(0): 1, 1", Succeeds("h5dump", "-a", "/h5md/version", path), StringComparison.Ordinal);
        Assert.Contains("HARDLINK \"/particles/trajectory", Succeeds("h5dump", "-H", path), StringComparison.Ordinal);
        Succeeds("h5dump", path);
    }

    /// <summary>The rules that H5MD, MDAnalysis and ZnH5MD put on a file, tested with h5py.</summary>
    [SkippableFact]
    public void H5pyFindsEveryRuleKept()
    {
        NeedsHdf5.Check();
        NeedsModule("h5py");
        using var folder = new TemporaryFolder();
        Succeeds(Python, "-c", """
            import h5py, sys
            import numpy as np
            f = h5py.File(sys.argv[1], 'r')
            assert list(f['h5md'].attrs['version']) == [1, 1]
            assert f['h5md/author'].attrs['name'] and f['h5md/creator'].attrs['name']
            g = f['particles/trajectory']
            frames = len(g['position/value'])
            assert frames == 25
            for name in ['position', 'velocity', 'force', 'image', 'species', 'box/edges']:
                e = g[name]
                assert len(e['value']) == len(e['step']) == len(e['time']) == frames, name
                assert e['step'] == g['position/step'] and e['time'] == g['position/time'], name
            assert (np.diff(g['position/step'][:]) > 0).all() and g['position/step'].dtype == np.int64
            assert g['box/edges/value'].shape == (frames, 3, 3)
            assert g['box'].attrs['dimension'] == 3
            assert [b.decode() for b in g['box'].attrs['boundary']] == ['periodic'] * 3
            assert set(np.unique(g['species/value'][:])) == {72, 8} and g['species/value'].dtype == np.uint8
            assert isinstance(g['position/value'].attrs['unit'], str) and g['position/value'].attrs['unit'] == 'Angstrom'
            assert g['position/time'].attrs['unit'] == 'ps'
            assert g['velocity/value'].attrs['unit'] == 'Angstrom ps-1'
            assert 'unit' not in g['force/value'].attrs
            assert g['force'].attrs['ASE_ENTRY_ORIGIN'] == 'calc'
            o = f['observables']
            assert len(o['pressure/value']) == 50 and o['pressure/value'].shape[1:] == (3, 3)
            assert o['pressure/step'] == o['temperature/step'] != g['position/step']
            assert o['potential_energy/value'][3] == np.sin(15.0)
            """, Frames.Write(folder.File("t.h5"), 25, full: true));
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void MdAnalysisReadsEveryFrame(bool full)
    {
        NeedsHdf5.Check();
        NeedsModule("MDAnalysis");
        using var folder = new TemporaryFolder();
        // MDAnalysis knows no unit of forces that this program uses, so it converts units only without forces.
        Succeeds(Python, "-W", "ignore", "-c", """
            import sys, h5py
            import numpy as np
            from MDAnalysis.coordinates.H5MD import H5MDReader
            full = sys.argv[2] == 'True'
            raw = h5py.File(sys.argv[1], 'r')['particles/trajectory']
            n = 0
            for ts in H5MDReader(sys.argv[1], convert_units=not full):
                assert (ts.positions == raw['position/value'][n]).all()
                assert not full or (ts.velocities == raw['velocity/value'][n]).all() and (ts.forces == raw['force/value'][n]).all()
                assert ts.data['step'] == 10 * n and abs(ts.time - 0.02 * n) < 1e-12
                assert abs(ts.dimensions[0] - (20 + 0.01 * n)) < 1e-5
                n += 1
            assert n == 25
            """, Frames.Write(folder.File("t.h5"), 25, full, Frames.Options(full, precision: TrajectoryPrecision.Single)), full.ToString());
    }

    /// <summary>A file in other forms the specification allows: big-endian, fixed step, static box and species, absent particles.</summary>
    [SkippableFact]
    public void FilesOfOtherProgramsAreRead()
    {
        NeedsHdf5.Check();
        NeedsModule("h5py");
        using var folder = new TemporaryFolder();
        var path = folder.File("foreign.h5");
        Succeeds(Python, "-c", """
            import h5py, sys
            import numpy as np
            f = h5py.File(sys.argv[1], 'w')
            f.create_group('h5md').attrs['version'] = [1, 1]
            g = f.create_group('particles/all')
            p = g.create_group('position')
            p.create_dataset('value', data=np.arange(36.0).reshape(3, 4, 3), dtype='>f4', compression='gzip')
            s = p.create_dataset('step', data=5); s.attrs['offset'] = 100
            t = p.create_dataset('time', data=0.5); t.attrs['offset'] = 10.0
            b = g.create_group('box'); b.attrs['dimension'] = 3
            b.attrs['boundary'] = np.array([b'periodic', b'none', b'periodic'])
            b.create_dataset('edges', data=[7.0, 8.0, 9.0])
            g.create_dataset('species', data=[2, 1, 1, 2]); g.create_dataset('mass', data=[4.0, 1.0, 1.0, 4.0])
            i = g.create_group('id'); i.create_dataset('value', data=[[3, 2, 1, 0], [0, -1, 1, 2], [0, 1, 2, 3]])
            i['step'] = s; i['time'] = t
            v = g.create_group('velocity'); v.create_dataset('value', data=np.ones((1, 4, 3)))
            v.create_dataset('step', data=[105]); v.create_dataset('time', data=[10.5])
            """, path);
        using var reader = H5mdReader.Open(path);
        Assert.Equal((3, 4), (reader.FrameCount, reader.ParticleCount));
        var first = reader.ReadFrame(0);
        Assert.Equal((100, 10.0), (first.Step, first.Time));
        Assert.Equal([9.0, 10, 11, 6, 7, 8, 3, 4, 5, 0, 1, 2], first.Positions);
        Assert.Null(first.Velocities);
        Assert.Equal((7.0, 8.0, 9.0, false), (first.Box.LengthX, first.Box.LengthY, first.Box.LengthZ, first.Box.PeriodicY));
        var second = reader.ReadFrame(1);
        Assert.Equal(3, second.Count);
        Assert.NotNull(second.Velocities);
        Assert.Equal([("2", 4.0), ("1", 1.0), ("2", 4.0)], second.Species.Select(s => (reader.SpeciesTable[s].Name, reader.SpeciesTable[s].Mass)));
        Assert.Empty(TrajectoryVerifier.Verify(path));
    }

    /// <summary>Another process sees the frames that were flushed while the writer goes on.</summary>
    [SkippableFact]
    public void AFileBeingWrittenCanBeRead()
    {
        NeedsHdf5.Check();
        NeedsModule("h5py");
        using var folder = new TemporaryFolder();
        var path = folder.File("t.h5");
        using var writer = H5mdWriter.Create(path, Frames.Make(0), Frames.Options());
        foreach (var round in (int[])[0, 1, 2])
        {
            Frames.Append(writer, 9 * round, 9);
            writer.Flush();
            var seen = Succeeds(Python, "-c", "import h5py,sys; print(len(h5py.File(sys.argv[1],'r',libver='latest',swmr=True)['particles/trajectory/position/value']))", path);
            Assert.Equal(9 * (round + 1), int.Parse(seen));
        }
    }

    private static void NeedsProgram(string program) =>
        Skip.IfNot((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program))), $"{program} is not installed");

    private static void NeedsModule(string module) =>
        Skip.IfNot(File.Exists(Python) && Run(Python, "-c", $"import importlib.util, sys; sys.exit(importlib.util.find_spec('{module}') is None)").Code == 0, $"{Python} has no {module}");

    private static string Succeeds(string program, params string[] arguments)
    {
        var (code, output, error) = Run(program, arguments);
        Assert.True(code == 0, $"{program}: {error}");
        return output;
    }

    private static (int Code, string Output, string Error) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}

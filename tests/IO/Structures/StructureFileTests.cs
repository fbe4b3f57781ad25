using Engine.Core.Input;
using Engine.Core.Particles;
using Engine.IO.Structures;
using Engine.Kernels.Errors;
using Xunit;

namespace Engine.Tests.IO.Structures;

public sealed class StructureFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("engine-structures").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    public void FramesAreChosenFromEitherEnd()
    {
        var path = At("a.extxyz");
        StructureFile.Write(path, Enumerable.Range(0, 5).Select(Frame));
        Assert.Equal(4, StructureFile.Read(path).Step);
        Assert.Equal(3, StructureFile.Read(path, null, -2).Step);
        Assert.Equal(0, StructureFile.Read(path, null, -5).Step);
        Assert.Equal(2, StructureFile.Read(path, null, 2).Step);
        foreach (var frame in (int[])[5, -6, int.MinValue])
        {
            Assert.Contains("expected one from -5 to 4", Assert.Throws<InputException>(() => StructureFile.Read(path, null, frame)).Message);
        }
    }

    [Fact]
    public void FramesAreReadAsTheyAreAskedFor()
    {
        var path = At("a.xyz");
        StructureFile.Write(path, Frame(1));
        File.AppendAllText(path, "garbage");
        Assert.Equal(1, StructureFile.ReadFrames(path).First().Step);
        Assert.Contains("garbage", Assert.Throws<InputException>(() => StructureFile.ReadFrames(path).Count()).Message);
    }

    [Fact]
    public void FormatsGoByName()
    {
        foreach (var name in (string[])["a.data", "a.lmp", "data.a", "a.extxyz", "A.XYZ"])
        {
            StructureFile.Write(At(name), Frame(0));
            Assert.Equal(Frame(0).Positions, StructureFile.Read(At(name)).Positions);
        }
        Assert.Contains("unknown kind of structure file", Assert.Throws<InputException>(() => StructureFile.Read(At("a.pdb"))).Message);
        Assert.Contains("cannot read", Assert.Throws<InputException>(() => StructureFile.Read(At("missing.xyz"))).Message);
        Assert.Contains("cannot write", Assert.Throws<InputException>(() => StructureFile.Write(At("no/folder.xyz"), Frame(0))).Message);
        Assert.Contains("holds one frame", Assert.Throws<InputException>(() => StructureFile.Write(At("two.data"), [Frame(0), Frame(1)])).Message);
    }

    [Fact]
    public void SystemsComeFromFiles()
    {
        var frame = Frame(3);
        frame.Box = frame.Box with { TiltXY = 9 };
        StructureFile.Write(At("start.extxyz"), frame);
        File.WriteAllText(At("run.json"), """
            { "units": "metal", "potential": null, "timeStep": "1 fs", "stages": [ { "steps": 1 } ],
              "system": { "file": "start.extxyz", "replicate": [2, 1, 1], "masses": { "O": 17 } } }
            """);
        var notices = new List<string>();
        var loaded = SystemLoader.Load(RunInput.ReadFile(At("run.json")), new Dictionary<string, double> { ["O"] = 16, ["Hf"] = 180 }, notices.Add);
        Assert.Equal(4, loaded.Count);
        Assert.Equal([180, 17], loaded.SpeciesTable.Select(species => species.Mass));
        Assert.Equal((20, 9), (loaded.Box.LengthX, loaded.Box.TiltXY));
        Assert.Empty(notices);
        var single = RunInput.ReadFile(At("run.json"), ["system.replicate=[1,1,1]"]);
        Assert.Equal(-1, SystemLoader.Load(single, null, notices.Add).Box.TiltXY);
        Assert.Single(notices);
    }

    [Fact]
    public void AChangedFileIsNoticed()
    {
        StructureFile.Write(At("start.xyz"), Frame(0));
        File.WriteAllText(At("run.json"), """
            { "units": "metal", "potential": null, "timeStep": 1, "stages": [ { "steps": 1 } ], "system": { "file": "start.xyz" } }
            """);
        var run = SystemLoader.WithFileHash(RunInput.ReadFile(At("run.json")));
        Assert.Equal(64, run.System.FileHash!.Length);
        Assert.Equal(2, SystemLoader.Load(run).Count);
        StructureFile.Write(At("start.xyz"), Frame(1));
        Assert.Contains("has changed", Assert.Throws<InputException>(() => SystemLoader.Load(run)).Message);
    }

    [Fact]
    public void UnknownMassesAreRefused()
    {
        var run = RunInput.Read("""
            { "units": "metal", "potential": null, "timeStep": 1, "stages": [ { "steps": 1 } ],
              "system": { "random": { "counts": { "Xx": 3 }, "box": [5, 5, 5] } } }
            """, "run.json");
        Assert.Contains("the mass of Xx is unknown", Assert.Throws<InputException>(() => SystemLoader.Load(run)).Message);
        Assert.Equal(3, SystemLoader.Load(run, new Dictionary<string, double> { ["Xx"] = 1 }).Count);
    }

    private static Configuration Frame(int step) => new()
    {
        Step = step,
        Box = Engine.Kernels.Geometry.Box.Cubic(10),
        SpeciesTable = [new Species("Hf", 178.49), new Species("O", 15.999)],
        Species = [0, 1],
        Positions = [0.1, 0.2, 0.3, 1 + step, 2, 3],
    };

    private string At(string name) => Path.Combine(_folder, name);
}

using Engine.Core.Particles;
using Engine.IO.Structures;

namespace Engine.Tests.IO.Structures;

/// <summary>Readers and writers on strings, and the folder of reference data.</summary>
internal static class StructureTexts
{
    public static Configuration[] ReadXyz(string text, StructureReadOptions? options = null) =>
        [.. ExtendedXyzReader.Read(new LineSource(new StringReader(text), "test.xyz"), options ?? new StructureReadOptions())];

    public static Configuration ReadLammps(string text, StructureReadOptions? options = null) =>
        LammpsDataReader.Read(new LineSource(new StringReader(text), "test.data"), options ?? new StructureReadOptions());

    public static string WriteXyz(params Configuration[] frames)
    {
        using var writer = new StringWriter();
        foreach (var frame in frames)
        {
            ExtendedXyzWriter.Write(writer, frame);
        }
        return writer.ToString();
    }

    public static string WriteLammps(Configuration frame)
    {
        using var writer = new StringWriter();
        LammpsDataWriter.Write(writer, frame);
        return writer.ToString();
    }

    /// <summary>A file of shared/data beside the repository, null where there is none.</summary>
    public static string? Reference(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "engine.sln")))
            {
                var path = Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared", "data", name));
                return File.Exists(path) ? path : null;
            }
        }
        return null;
    }
}

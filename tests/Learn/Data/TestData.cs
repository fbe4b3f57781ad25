using Engine.Core.Json;
using Engine.Learn.Data;
using Engine.Learn.Networks;
using Engine.Learn.Networks.Layers;
using Engine.Tests.Core.Potentials;
using Xunit;

namespace Engine.Tests.Learn.Data;

/// <summary>Networks and files for tests of data.</summary>
internal static class TestData
{
    /// <summary>A network that takes numbers of that shape.</summary>
    public static NetworkDefinition Numbers(params int[] shape) => new()
    {
        Precision = Precision.Double,
        Input = new NumbersInput { Sizes = shape },
        Layers = [new DenseLayer { Units = 2 }],
    };

    public static DataDefinition Read(string json) => StrictJson.Read<DataDefinition>(json, "test");

    /// <summary>The folder of the reference data; skips the test where it is absent.</summary>
    public static string Folder()
    {
        var file = Cells.SharedFile(Path.Combine("ml", "auto-mpg.data"));
        Skip.If(file is null, "reference data ../shared/data/ml absent");
        return Path.GetDirectoryName(file)!;
    }
}

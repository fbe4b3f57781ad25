using Engine.Core.Json;
using Engine.Learn.Data;
using Engine.Tests.Learn.Torch;
using Xunit;

namespace Engine.Tests.Learn.Data;

[Collection(LibtorchCollection.Name)]
public sealed class TableTests
{
    [SkippableFact]
    public void CarsAre392AndScaledByThoseThatAreLearnt()
    {
        Libtorch.Require();
        var folder = TestData.Folder();
        var definition = StrictJson.Read<DataDefinition>("""{"type":"autoMpg","path":"auto-mpg.data","trainingCount":300,"seed":3}""", "test");
        var pool = ((AutoMpgData)definition).ReadTable(folder);
        Assert.Equal((392, 9), (pool.Count, pool.FeatureNames.Count));
        using var data = definition.Load(TestData.Numbers(9), folder);
        Assert.Equal((300, 92), (data.Training.Count, data.Test!.Count));
        var x = data.Training.Range(0, 300).Input.to_double();
        for (var j = 0; j < 9; j++)
        {
            double[] column = [.. Enumerable.Range(0, 300).Select(i => x[9 * i + j])];
            // Sums of 300 numbers of about 1 in double.
            Assert.Equal(0, column.Average(), 1e-13);
            Assert.Equal(1, column.Average(v => v * v), 1e-12);
        }
        var y = data.Training.Targets!.to_double();
        Assert.Equal(0, y.Average(), 1e-13);
        // What is tested was not looked at: its mean is no zero.
        Assert.True(Math.Abs(data.Test.Targets!.to_double().Average()) > 1e-6);
    }
}

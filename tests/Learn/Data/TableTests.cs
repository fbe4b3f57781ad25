using System.Text;
using Engine.Kernels.Errors;
using Engine.Learn.Data;
using Engine.Learn.Torch;
using Engine.Tests.Learn.Torch;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Engine.Tests.Learn.Data;

/// <summary>Tables of text: what is read, and what is said of what cannot be.</summary>
[Collection(LibtorchCollection.Name)]
public sealed class TableTests : IDisposable
{
    private const string Small = "a;kind;b;label\n1;u;-2;10\n\n2.5;\"v;w\";4e1;9\n3;u;0;10\n";

    private readonly string folder = Directory.CreateTempSubdirectory("engine-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [SkippableFact]
    public void CarsAre392AndScaledByThoseThatAreLearnt()
    {
        Libtorch.Require();
        var path = TestData.Folder();
        var definition = TestData.Read("""{"type":"autoMpg","path":"auto-mpg.data","trainingCount":300,"seed":3}""");
        var pool = ((TableDefinition)definition).ReadTable(path);
        Assert.Equal((392, 9), (pool.Count, pool.FeatureNames.Count));
        Assert.Equal("origin=3", pool.FeatureNames[^1]);
        Assert.Equal(18, pool.Targets!.Numbers![0, 0]);
        using var data = definition.Load(TestData.Numbers(9), path);
        Assert.Equal((300, 92), (data.Training.Count, data.Test!.Count));
        var x = data.Training.Range(0, 300).Input.to_double();
        for (var j = 0; j < 9; j++)
        {
            double[] column = [.. Enumerable.Range(0, 300).Select(i => x[9 * i + j])];
            // Sums of 300 numbers of about 1 in double.
            Assert.Equal(0, column.Average(), 1e-13);
            Assert.Equal(1, column.Average(v => v * v), 1e-12);
        }
        Assert.Equal(0, data.Training.Targets!.to_double().Average(), 1e-13);
        // What is tested was not looked at: its mean is not zero.
        Assert.True(Math.Abs(data.Test.Targets!.to_double().Average()) > 1e-6);
        Assert.InRange(data.Encoding.TargetScales![0].Mean, 20, 27);
        // Over all rows it is the mean of both parts that is zero.
        using var leaking = (((AutoMpgData)definition) with { TargetNormalisation = Normalisation.ZScoreAll }).Load(TestData.Numbers(9), path);
        Assert.Equal(0, leaking.Training.Targets!.to_double().Sum() + leaking.Test!.Targets!.to_double().Sum(), 1e-11);
    }

    [SkippableFact]
    public void DigitsAre1797OfTenClasses()
    {
        Libtorch.Require();
        using var data = TestData.Read("""{"type":"digits","path":"digits.csv.gz","trainingCount":1000,"testCount":500}""").Load(TestData.Numbers(1, 8, 8), TestData.Folder());
        Assert.Equal((1000, 500), (data.Training.Count, data.Test!.Count));
        Assert.Equal(Enumerable.Range(0, 10).Select(k => k.ToString()), data.Encoding.ClassNames);
        Assert.Equal(ScalarType.Int64, data.Training.Targets!.dtype);
        Assert.Equal(data.TrainingClasses!.Select(c => (long)c), data.Training.Targets!.to_long());
        var pixels = data.Training.Range(0, 1000).Input;
        Assert.Equal([1000, 1, 8, 8], pixels.shape);
        Assert.Equal((0, 1), (pixels.to_double().Min(), pixels.to_double().Max()));
        Assert.Equal(1797, new DigitsData { Path = "digits.csv.gz" }.ReadTable(TestData.Folder()).Count);
    }

    /// <summary>What a network has no targets for may be read, and names that columns share get numbers.</summary>
    [Fact]
    public void TargetsMayBeNoneAndNamesTwice()
    {
        var table = Table("""{"type":"csv","path":"t.csv","targets":[],"categorical":["4","5"]}""", "x,x.2,x,k,k\n1,2,3,a,c\n5,6,7,b,d\n");
        Assert.Null(table.Targets);
        Assert.Equal(["x", "x.2", "x.3", "k=a", "k=b", "k.2=c", "k.2=d"], table.FeatureNames);
        Assert.Equal([1, 2, 3, 1, 0, 1, 0, 5, 6, 7, 0, 1, 0, 1], table.Features.Cast<double>());
        var targets = Table("""{"type":"csv","path":"t.csv","targets":["3","2"]}""", "x,y,y\n1,2,3\n").Targets!;
        Assert.Equal(["y.2", "y"], targets.NumberNames);
        Assert.Equal([3, 2], targets.Numbers!.Cast<double>());
        Assert.Contains("two inputs are called c=p", Error("""{"type":"csv","path":"t.csv","targets":["y"],"categorical":["c"]}""", "c,c=p,y\np,1,2\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void NumbersThatHaveNoDeviationAreNamed()
    {
        File.WriteAllText(Path.Combine(folder, "t.csv"), "x,z,y\n1,1e200,1\n2,-1e200,2\n");
        Assert.Contains("numbers of z are too large to be scaled", Assert.Throws<InputException>(() =>
            TestData.Read("""{"type":"csv","path":"t.csv","targets":["y"],"trainFraction":1}""").Read(new(folder), TestData.Numbers(2).Input)).Message, StringComparison.Ordinal);
    }

    /// <summary>Columns by name and number, quotes, empty lines, categories by letters and classes by size.</summary>
    [Fact]
    public void ColumnsAreWhatTheDefinitionSays()
    {
        var table = Table("""{"type":"csv","path":"t.csv","delimiter":";","targets":["label"],"classTarget":true,"categorical":["2"]}""", Small);
        Assert.Equal(["a", "kind=u", "kind=v;w", "b"], table.FeatureNames);
        Assert.Equal([1, 1, 0, -2, 2.5, 0, 1, 40, 3, 1, 0, 0], table.Features.Cast<double>());
        Assert.Equal(["9", "10"], table.Targets!.ClassNames);
        Assert.Equal([1, 0, 1], table.Targets.Classes!);
        var numbers = Table("""{"type":"csv","path":"t.csv","delimiter":";","targets":["b","a"],"ignored":["kind"]}""", Small);
        Assert.Equal([-2, 1, 40, 2.5, 0, 3], numbers.Targets!.Numbers!.Cast<double>());
        Assert.Equal(["label"], numbers.FeatureNames);
        var bare = Table("""{"type":"csv","path":"t.csv","delimiter":" ","targets":["3"]}""", "1  2\t3\n4 5 6\r\n");
        Assert.Equal(["1", "2"], bare.FeatureNames);
        Assert.Equal([1, 2, 4, 5], bare.Features.Cast<double>());
    }

    [Fact]
    public void RowsWithoutAValueAreCountedOrRefused()
    {
        const string text = "x,y\n1,2\n?,3\n4,\n5,6\n";
        var dropped = Table("""{"type":"csv","path":"t.csv","targets":["y"],"missing":"drop"}""", text);
        Assert.Equal((2, 2), (dropped.Count, dropped.DroppedRows));
        DataDefinition definition = TestData.Read("""{"type":"csv","path":"t.csv","targets":["y"],"missing":"drop"}""");
        Assert.Equal("t.csv: 2 rows with missing values left out", definition.Read(new(folder), TestData.Numbers(1).Input).Notice);
        Assert.Contains("t.csv, line 3: found \"?\" for x, which stands for a missing value", Error("""{"type":"csv","path":"t.csv","targets":["y"]}""", text));
        // What is ignored may be missing.
        Assert.Equal(3, Table("""{"type":"csv","path":"t.csv","targets":["y"],"ignored":["z"]}""", "x,y,z\n1,2,3\n1,3,\n4,7,?\n").Count);
    }

    [Theory]
    [InlineData("x,z,w,y\n1,5,0,1\n2,5,0,2\n", "t.csv: nothing can be learnt from z, w, the same in all rows")]
    [InlineData("x,z,w,y\n1,5,0,1\n2,5,1,2\n,5,0,3\n", "t.csv: 1 row with missing values left out; nothing can be learnt from z, the same in all rows")]
    [InlineData("x,z,w,y\n1,5,0,1\n2,6,1,2\n", null)]
    [InlineData("x,z,w,y\n1,5,0,3\n2,6,1,3\n", "t.csv: the target y is 3 in all rows")]
    [InlineData("x,x,x,y\n1,5,0,1\n2,6,1,2\n", "t.csv: columns with the name of another are called x.2, x.3")]
    public void ColumnsThatTellNothingAreNamed(string text, string? expected)
    {
        File.WriteAllText(Path.Combine(folder, "t.csv"), text);
        Assert.Equal(expected, TestData.Read("""{"type":"csv","path":"t.csv","targets":["y"],"missing":"drop"}""").Read(new(folder), TestData.Numbers(3).Input).Notice);
    }

    [Theory]
    [InlineData("autoMpg", ", or fetch auto-mpg.data from https://archive.ics.uci.edu/")]
    [InlineData("abalone", ", or fetch abalone.data from https://archive.ics.uci.edu/")]
    [InlineData("concrete", ", or fetch Concrete_Data.xls")]
    [InlineData("digits", "; check the path, which starts at the folder of the definition")]
    public void AFileThatIsMissingIsSaidWithWhereItComesFrom(string type, string expected)
    {
        var message = Assert.Throws<InputException>(() => TestData.Read($$"""{"type":"{{type}}","path":"nowhere"}""").Read(new(folder), TestData.Numbers(9).Input)).Message;
        Assert.Contains("cannot read " + Path.Combine(folder, "nowhere"), message);
        Assert.Contains(expected, message);
    }

    [Theory]
    [InlineData("""{"targets":["speed"]}""", "targets names a column speed that is not there; did you mean sped?")]
    [InlineData("""{"targets":["4"]}""", "number from 1 to 3")]
    [InlineData("""{"targets":["x"],"ignored":["1"]}""", "the column x is named more than once")]
    [InlineData("""{"targets":["x","y"],"classTarget":true}""", "2 columns are targets")]
    [InlineData("""{"targets":[],"classTarget":true}""", "0 columns are targets")]
    [InlineData("""{"targets":["x","sped"],"ignored":["y"]}""", "no column is left for the inputs")]
    [InlineData("""{"targets":["x"],"delimiter":"::"}""", "expected one character")]
    public void ColumnsThatDoNotFitAreNamed(string keys, string expected) =>
        Assert.Contains(expected, Error("""{"type":"csv","path":"t.csv",""" + keys[1..], "x,sped,y\n1,2,3\n"));

    [Theory]
    [InlineData("x,y\n1,2\n3\n", "line 3: found 1 fields, expected 2: x, y")]
    [InlineData("x,y\n1,2\n3,4,5\n", "line 3: found 3 fields")]
    [InlineData("x,y\n1,two\n", "line 2: found \"two\" for y, expected a finite number; if it is a class, set classTarget")]
    [InlineData("x,y\n1,Infinity\n", "line 2: found \"Infinity\" for y")]
    [InlineData("x,y\n1,1e999\n", "line 2: found \"1e999\" for y")]
    [InlineData("x,y\n\"1,2\n", "line 2: a quotation mark is not closed")]
    [InlineData("x,y\n", "there are no rows; expected lines of x, y")]
    [InlineData("", "there are no rows")]
    [InlineData("y,y\n1,2\n", "two columns are called y, which targets names")]
    [InlineData("x;y\n1;2\n", "that is not there; expected columns, but lines have one field, as \"1;2\"; give the data the delimiter")]
    [InlineData("1,2\n3,4\n", "expected a number from 1 to 2: the file has no header")]
    [InlineData("x,z\n1,2\n", "expected one of x, z, or a number from 1 to 2")]
    public void RowsThatAreNotUnderstoodAreNamed(string text, string expected) => Assert.Contains(expected, Error("""{"type":"csv","path":"t.csv","targets":["y"]}""", text));

    /// <summary>Letters that matter to the reader, in any order: a table, or an error in one line.</summary>
    [Fact]
    public void AnyTextIsReadOrRefused()
    {
        var text = Gen.Elements("0123456789.,;\"\n\r ?eN-+x\t\0\u00e4".ToCharArray()).ArrayOf().Select(letters => new string(letters));
        var format = new TableFormat
        {
            Targets = ["1"],
            Categorical = ["2"],
        };
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(text.ToArbitrary(), t =>
        {
            try
            {
                var table = TableReader.Read(Encoding.UTF8.GetBytes(t), "t.csv", format);
                return table.Count > 0 && table.Targets!.Numbers!.Cast<double>().All(double.IsFinite);
            }
            catch (InputException error)
            {
                return !error.Message.Contains('\n');
            }
        }));
    }

    [Fact]
    public void TablesOfTheRepositoryAreKnown()
    {
        var shells = Table("""{"type":"abalone","path":"t.csv"}""", "M,0.455,0.365,0.095,0.514,0.2245,0.101,0.15,15\nF,0.53,0.42,0.135,0.677,0.2565,0.1415,0.21,9\nI,0.33,0.255,0.08,0.205,0.0895,0.0395,0.055,7\n");
        Assert.Equal((3, 10), (shells.Count, shells.FeatureNames.Count));
        Assert.Equal([0, 0, 1], Enumerable.Range(0, 3).Select(j => shells.Features[0, j]));
        Assert.Equal(9, shells.Targets!.Numbers![1, 0]);
        const string row = "540,0,0,162,2.5,1040,676,28,79.99\n";
        foreach (var text in new[] { row, "Cement (kg in a m^3),\"Slag, blast\",c,d,e,f,g,h,\"Strength(MPa, megapascals)\"\n" + row })
        {
            var concrete = Table("""{"type":"concrete","path":"t.csv"}""", text);
            Assert.Equal((1, 8, 79.99), (concrete.Count, concrete.FeatureNames.Count, concrete.Targets!.Numbers![0, 0]));
        }
    }

    [SkippableFact]
    public void ANetworkOfAnotherWidthIsRefused()
    {
        Libtorch.Require();
        File.WriteAllText(Path.Combine(folder, "t.csv"), "x,y,z\n1,2,3\n2,3,4\n");
        var definition = TestData.Read("""{"type":"csv","path":"t.csv","targets":["z"],"trainFraction":1}""");
        var message = Assert.Throws<InputException>(() => definition.Load(TestData.Numbers(3), folder)).Message;
        Assert.Contains("rows of x, y, 2 numbers each, but the network takes [3]", message);
    }

    private TablePool Table(string definition, string text)
    {
        File.WriteAllText(System.IO.Path.Combine(folder, "t.csv"), text);
        return ((TableDefinition)TestData.Read(definition)).ReadTable(folder);
    }

    private string Error(string definition, string text) => Assert.Throws<InputException>(() => Table(definition, text)).Message;
}

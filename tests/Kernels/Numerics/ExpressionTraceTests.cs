using Engine.Kernels.Devices;
using Engine.Kernels.Numerics;
using Engine.Tests.Kernels.Devices;
using Xunit;

namespace Engine.Tests.Kernels.Numerics;

/// <summary>Formulas that print themselves.</summary>
[Collection("device")]
public class ExpressionTraceTests
{
    private static readonly CubicTable Table = CubicTable.Hermite(0.5, 30, 60, Math.Sqrt, x => 0.5 / Math.Sqrt(x));

    public static TheoryData<string> Kinds => TestDevices.Kinds;

    [Fact]
    public void EqualExpressionsArePrintedOnceAndConstantsAreFolded()
    {
        using var trace = new ExpressionTrace();
        var x = trace.Input("x");
        var a = DeviceExpression.Parameter(2.5, "p.A");
        var y = (a * x + DeviceExpression.Const(1) * (a * x)) * (DeviceExpression.Const(2) + DeviceExpression.Const(1));
        Assert.Equal(
            """
                const float t2 = p[0];
                const float t3 = x * t2;
                const float t5 = t3 + t3;
                const float t8 = t5 * 3.0f;
                y = t8;

            """.ReplaceLineEndings("\n"),
            trace.Print(("y", y)));
        Assert.Equal([("p.A", 2.5)], trace.Parameters);
    }

    [Fact]
    public void DerivativesOfLinearTermsHaveNoZerosAndOnes()
    {
        using var trace = new ExpressionTrace();
        var x = Dual<DeviceExpression>.Variable(trace.Input("x"));
        var y = x * x + Dual<DeviceExpression>.Const(3) * x + Dual<DeviceExpression>.Const(7);
        // d/dx (x² + 3x + 7) = x + x + 3.
        var text = trace.Print(("d", y.Derivative));
        Assert.DoesNotContain("0.0f", text);
        Assert.DoesNotContain("1.0f", text);
        Assert.DoesNotContain("7.0f", text);
        Assert.Equal(3, text.Split('\n').Count(l => l.Length > 0));
    }

    [Fact]
    public void OneFormulaAtATime()
    {
        using var trace = new ExpressionTrace();
        Assert.Throws<InvalidOperationException>(() => new ExpressionTrace());
        trace.Dispose();
        Assert.Throws<InvalidOperationException>(() => DeviceExpression.Const(1));
    }

    /// <summary>Every operation of the number interface and its derivative, compiled and run, against the double oracle.</summary>
    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void APrintedFormulaComputesWhatItSays(string kind)
    {
        var device = TestDevices.Get(kind);
        string body;
        float[] row;
        using (var trace = new ExpressionTrace())
        {
            var y = Formula(Dual<DeviceExpression>.Variable(trace.Input("x")));
            body = trace.Print(("value", y.Value), ("derivative", y.Derivative));
            row = [.. trace.Parameters.Select(p => double.IsNaN(p.Value) ? 0 : (float)p.Value)];
        }
        var text = KernelText.Compose(
            "formula.cl",
            $$"""
            KERNEL void formula(GLOBAL const float* RESTRICT arguments, GLOBAL const float* RESTRICT p, GLOBAL const float* RESTRICT tables, GLOBAL float2* RESTRICT results, const int count)
            {
                const int i = GLOBAL_ID;
                if (i < count)
                {
                    const float x = arguments[i];
                    float value;
                    float derivative;
            {{body}}
                    results[i] = MAKE_FLOAT2(value, derivative);
                }
            }
            """,
            ["table.cl"]);
        float[] arguments = [.. Enumerable.Range(0, 200).Select(i => 0.6f + 0.13f * i)];
        using var x = device.Allocate<float>(arguments);
        using var p = device.Allocate<float>(row);
        using var tables = device.Allocate<float>(Table.FloatCoefficients);
        using var results = device.Allocate<Float2>(arguments.Length);
        device.Compile(text)["formula"].Launch(arguments.Length, 64, x, p, tables, results, arguments.Length);
        var found = results.ToArray();
        for (var i = 0; i < arguments.Length; i++)
        {
            var expected = Formula(Dual<Real>.Variable(new(arguments[i])));
            // Some thirty float operations on numbers of up to 100.
            Assert.Equal(expected.Value.Value, found[i].X, 1e-5 * Math.Max(10, Math.Abs(expected.Value.Value)));
            Assert.Equal(expected.Derivative.Value, found[i].Y, 1e-5 * Math.Max(10, Math.Abs(expected.Derivative.Value)));
        }
    }

    /// <summary>A bit of everything.</summary>
    private static F Formula<F>(F x)
        where F : struct, IReal<F>
    {
        var (erfc, gaussian) = F.ErfcGaussian(F.Parameter(0.3) * F.Sqrt(x));
        var a = F.Exp(-x / F.Const(3)) + erfc * F.ReciprocalSqrt(x) + gaussian;
        var b = F.Log(F.One + x) * F.Reciprocal(x) - F.Min(x, F.Const(2)) + F.Max(x, F.Parameter(4));
        return F.SelectLess(x, F.Const(1), a * b, F.MultiplyAdd(a, b, F.Const(7))) + F.Lookup(Table, x);
    }
}

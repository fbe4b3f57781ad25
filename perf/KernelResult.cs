using System.Text.Json.Nodes;

namespace Engine.Perf;

/// <summary>One kernel alone, on one thread.</summary>
/// <param name="Kernel">Name of the kernel.</param>
/// <param name="Atoms">Particles of the system it worked on.</param>
/// <param name="Unit">What it counts: a particle, an evaluated pair, …</param>
/// <param name="UnitsPerAtom">How many of them there are for each particle.</param>
/// <param name="FlopPerUnit">Floating-point operations that the formula needs; 0: not counted.</param>
/// <param name="BytesPerAtom">Bytes that must be read and written at least; 0: not counted.</param>
/// <param name="Seconds">Time of one call, median over the rounds.</param>
/// <param name="Spread">Slowest minus fastest round over the median.</param>
/// <param name="FlopBound">Operations a second that the machine allows.</param>
/// <param name="ByteBound">Bytes a second that the machine allows.</param>
public sealed record KernelResult(
    string Kernel, int Atoms, string Unit, double UnitsPerAtom, double FlopPerUnit, double BytesPerAtom, double Seconds, double Spread,
    double FlopBound, double ByteBound)
{
    public double NanosecondsPerAtom => 1e9 * Seconds / Atoms;

    public double NanosecondsPerUnit => NanosecondsPerAtom / UnitsPerAtom;

    public double FlopRate => FlopPerUnit * UnitsPerAtom * Atoms / Seconds;

    public double ByteRate => BytesPerAtom * Atoms / Seconds;

    /// <summary>Particles a second that the tighter bound allows; null where nothing is counted.</summary>
    public double? Roofline
    {
        get
        {
            var seconds = Math.Max(FlopPerUnit * UnitsPerAtom / FlopBound, BytesPerAtom / ByteBound);
            return seconds > 0 ? 1 / seconds : null;
        }
    }

    /// <summary>"arithmetic", "memory" or "none": what the tighter bound is.</summary>
    public string Bound => Roofline is null ? "none" : FlopPerUnit * UnitsPerAtom / FlopBound > BytesPerAtom / ByteBound ? "arithmetic" : "memory";

    /// <summary>Measured rate over <see cref="Roofline"/>.</summary>
    public double? Fraction => Atoms / Seconds / Roofline;

    public JsonObject ToJson() => new()
    {
        ["kernel"] = Kernel,
        ["atoms"] = Atoms,
        ["threads"] = 1,
        ["atomsPerSecond"] = Atoms / Seconds,
        ["nanosecondsPerAtom"] = NanosecondsPerAtom,
        ["unit"] = Unit,
        ["unitsPerAtom"] = UnitsPerAtom,
        ["nanosecondsPerUnit"] = NanosecondsPerUnit,
        ["flopPerAtom"] = FlopPerUnit * UnitsPerAtom,
        ["bytesPerAtom"] = BytesPerAtom,
        ["bound"] = Bound,
        ["rooflineAtomsPerSecond"] = Roofline,
        ["fraction"] = Fraction,
        ["spread"] = Spread,
    };
}

using System.Globalization;

namespace Engine.Learn.Data;

/// <summary>
/// "digits": handwritten digits of 8 × 8 numbers from 0 to 16, divided by 16, and their class: 1797 of scikit-learn, or the files optdigits.tra and optdigits.tes of the UCI repository.
/// E. Alpaydin and C. Kaynak, Kybernetika 34, 369 (1998).
/// </summary>
public sealed record DigitsData : TableDefinition
{
    private const int Pixels = 64;

    public DigitsData()
    {
        Normalisation = Normalisation.None;
    }

    internal override TableFormat Format => new()
    {
        Columns = [.. Enumerable.Range(0, Pixels).Select(k => string.Create(CultureInfo.InvariantCulture, $"pixel{k / 8}{k % 8}")), "digit"],
        Targets = ["digit"],
        ClassTarget = true,
        Divisor = 16,
    };
}

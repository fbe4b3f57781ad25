namespace Engine.Kernels.Ntk;

/// <summary>Which outputs of a network are multiplied with which, and where that is added to a kernel on a device.</summary>
public readonly record struct OutputPairs
{
    private OutputPairs(int splits, int loops, int width, int sampleStep, int firstRow, int rowShift, int columnShift)
    {
        (Splits, Loops, Width, SampleStep, FirstRow, RowShift, ColumnShift) = (splits, loops, width, sampleStep, firstRow, rowShift, columnShift);
    }

    /// <summary>Outputs of the rows that have groups of their own.</summary>
    internal int Splits { get; }

    /// <summary>Products of one group: with one split of equal outputs, else of one with each.</summary>
    internal int Loops { get; }

    /// <summary>Elements of the derivatives that are summed.</summary>
    internal int Width { get; }

    /// <summary>Rows of the kernel from a sample to the next; columns too.</summary>
    internal int SampleStep { get; }

    /// <summary>The row of the kernel of the first sample and output.</summary>
    internal int FirstRow { get; }

    /// <summary>Rows of the kernel from an output to the next.</summary>
    internal int RowShift { get; }

    /// <summary>Columns of it.</summary>
    internal int ColumnShift { get; }

    /// <summary>Of equal outputs, added up: [rows, columns].</summary>
    /// <param name="outputs">C.</param>
    /// <param name="width">b, elements of one output's derivatives.</param>
    public static OutputPairs Sum(int outputs, int width) => new(1, 1, outputs * width, 1, 0, 0, 0);

    /// <summary>Of equal outputs, one below the other: [C · rows, columns].</summary>
    /// <param name="outputs">C.</param>
    /// <param name="width">b.</param>
    /// <param name="rowSamples">Samples of the rows.</param>
    /// <param name="first">Outputs of the kernel before these.</param>
    public static OutputPairs Each(int outputs, int width, int rowSamples, int first = 0) => new(1, outputs, width, 1, checked(first * rowSamples), rowSamples, 0);

    /// <summary>Of every output with every other, output fastest: [rows · C, columns · C].</summary>
    /// <param name="outputs">C.</param>
    /// <param name="width">b.</param>
    public static OutputPairs All(int outputs, int width) => new(outputs, outputs, width, outputs, 0, 1, 1);
}

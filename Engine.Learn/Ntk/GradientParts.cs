namespace Engine.Learn.Ntk;

/// <summary>How the weights [b, a] of a layer are cut into parts for which gradients are formed: rows, and outputs of the network.</summary>
internal readonly record struct GradientParts
{
    /// <summary>Elements of a part that are about enough for products at full speed; with fewer, inputs are read more often than it pays.</summary>
    private const int PartElements = 1 << 15;

    /// <summary>The same where the inputs of a sample do not stay in the second cache: every part reads them from further away.</summary>
    private const int PartElementsOfManyInputs = 1 << 17;

    /// <summary>Elements of inputs that stay there.</summary>
    private const int FewInputs = 1 << 17;

    /// <summary>Rows of a part are a multiple, where there are more.</summary>
    private const int RowsAtOnce = 4;

    private readonly int outputs;
    private readonly int outputsPerPart;
    private readonly int rows;
    private readonly int rowsPerPart;

    /// <param name="layer">Its a and b.</param>
    /// <param name="positions">Of a sample, the more of the two sides of the kernel.</param>
    /// <param name="outputs">C, those kept.</param>
    /// <param name="reduction">Which outputs are multiplied with which.</param>
    public GradientParts(LayerShape layer, double positions, int outputs, OutputReduction reduction)
    {
        var (inputWidth, gradientWidth) = (layer.InputWidth, layer.GradientWidth);
        var elements = positions * inputWidth > FewInputs ? PartElementsOfManyInputs : PartElements;
        (this.outputs, rows) = (outputs, gradientWidth);
        outputsPerPart = reduction.Kind switch
        {
            OutputReductionKind.Full => outputs,
            OutputReductionKind.Diagonal => 1,
            _ => (int)Math.Clamp(elements / ((long)inputWidth * gradientWidth), 1, outputs),
        };
        var parts = Math.Min(gradientWidth, ((long)outputsPerPart * inputWidth * gradientWidth + elements - 1) / elements);
        rowsPerPart = (int)((gradientWidth + parts - 1) / Math.Max(1, parts));
        rowsPerPart = Math.Min(gradientWidth, (rowsPerPart + RowsAtOnce - 1) / RowsAtOnce * RowsAtOnce);
        Elements = checked(outputsPerPart * Math.Max(rowsPerPart * inputWidth, gradientWidth));
    }

    /// <summary>Most elements of a sample's gradients in a part, or of those by the bias.</summary>
    public int Elements { get; }

    /// <summary>Output by output, within that rows from the first to the last.</summary>
    public IEnumerable<Part> OfWeights()
    {
        for (var output = 0; output < outputs; output += outputsPerPart)
        {
            for (var row = 0; row < rows; row += rowsPerPart)
            {
                yield return new(output, Math.Min(outputsPerPart, outputs - output), row, Math.Min(rowsPerPart, rows - row));
            }
        }
    }

    /// <summary>All rows at once, output by output.</summary>
    public IEnumerable<Part> OfBias()
    {
        for (var output = 0; output < outputs; output += outputsPerPart)
        {
            yield return new(output, Math.Min(outputsPerPart, outputs - output), 0, rows);
        }
    }

    /// <summary>Some outputs and rows.</summary>
    internal readonly record struct Part(int FirstOutput, int Outputs, int FirstRow, int Rows);
}

namespace Engine.Kernels.Soap;

/// <summary>
/// How neighbours fade: half a cosine below the cutoff, times a decay A (1 + rate)/(rate + (r/scale)^p), A = rate/(1 + rate) for p, rate &gt; 0 and 1 else (libAtoms/GAP's convention).
/// </summary>
public readonly record struct RadialCutoff(double Cutoff, double Width, double Exponent = 0, double Scale = 1, double Rate = 1)
{
    /// <summary>Where it starts to fade.</summary>
    public double Start => Math.Max(0, Cutoff - Width);

    public double At(double r)
    {
        if (r >= Cutoff)
        {
            return 0;
        }
        var fade = r <= Cutoff - Width ? 1 : 0.5 * (1 + Math.Cos(Math.PI * (r - Cutoff + Width) / Width));
        if (Exponent == 0)
        {
            return fade;
        }
        var amplitude = Rate > 0 ? Rate / (1 + Rate) : 1;
        return fade * amplitude * (1 + Rate) / (Rate + Math.Pow(r / Scale, Exponent));
    }
}

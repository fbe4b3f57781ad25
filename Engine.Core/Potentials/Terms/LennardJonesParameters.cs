namespace Engine.Core.Potentials.Terms;

/// <summary>ε and σ of one pair.</summary>
/// <param name="Epsilon">[energy]</param>
/// <param name="Sigma">[length]</param>
public sealed record LennardJonesParameters(double Epsilon, double Sigma)
{
    internal static LennardJonesParameters? Mix(
        Mixing mixing, IReadOnlyDictionary<(string, string), LennardJonesParameters> given, string first, string second) =>
        mixing == Mixing.LorentzBerthelot && given.TryGetValue((first, first), out var a) && given.TryGetValue((second, second), out var b)
            ? new(Math.Sqrt(a.Epsilon * b.Epsilon), 0.5 * (a.Sigma + b.Sigma))
            : null;
}
